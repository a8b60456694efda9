import { formatProblems, watchConfig } from '../config/index.ts'
import { CannotListen, DRAIN_PATIENCE_MS, InsecureBind, type RunningServer, startServer } from '../server/index.ts'
import { cannotListen } from './cannot-listen.ts'
import { loadConfiguration, type Loaded } from './configuration.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { welcome } from './welcome.ts'

export interface StartOptions {
  readonly config?: string
  readonly port: number
  readonly host: string
}

/** `fullstop start`: serves until a signal asks it to stop. */
export async function start(options: StartOptions): Promise<void> {
  const loaded = await loadConfiguration(options.config, options.port)
  const server = await listen(loaded, options)
  const watcher = loaded.from === 'file' ? watch(loaded.path, loaded, server) : undefined
  console.log(welcome(loaded, server))
  await stopSignal()
  console.error(`fullstop: ${stopping(server.engine.running)}`)
  watcher?.close()
  await server.stop()
  if (loaded.from === 'simulated') await loaded.providers.stop()
}

async function listen(loaded: Loaded, { host, port }: StartOptions): Promise<RunningServer> {
  try {
    return startServer({ config: loaded.config, hostname: host, port })
  } catch (error) {
    if (loaded.from === 'simulated') await loaded.providers.stop()
    if (error instanceof InsecureBind) throw new CommandFailure(`fullstop: ${error.message}`, EXIT.usage)
    throw error instanceof CannotListen ? cannotListen(error.hostname, error.port, error.cause) : error
  }
}

/** Reloads on change and on SIGHUP; a bad configuration leaves the good one in service and says why. */
function watch(path: string, { config }: Loaded, server: RunningServer): ReturnType<typeof watchConfig> {
  const watcher = watchConfig({
    path,
    env: process.env,
    current: config,
    onConfig: (next) => {
      // What it throws is told below, as a problem of the file.
      server.swap(next)
      console.error(`fullstop: ${path} reloaded`)
    },
    onUnchanged: () => console.error(`fullstop: ${path} is good, and what serves already`),
    onProblems: (problems) => {
      console.error(`fullstop: ${path} has problems; the configuration in service stays:\n${formatProblems(problems)}`)
    },
  })
  process.on('SIGHUP', () => void watcher.reload())
  return watcher
}

function stopping(running: number): string {
  if (running === 0) return 'stopping'
  const exchanges = running === 1 ? '1 running exchange has' : `${running} running exchanges have`
  return `stopping; ${exchanges} ${DRAIN_PATIENCE_MS / 1_000} s to end, a second signal ends it at once`
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const onSignal = (): void => {
      // A second signal does not wait for anything.
      if (asked) process.exit(EXIT.failed)
      asked = true
      resolve()
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}

import { cpSync, existsSync, mkdirSync } from 'node:fs'

/** A gateway of others to compare with, installed for the benchmark alone. */
export interface Portkey {
  readonly start: () => Promise<{ readonly url: string; readonly pid: number; readonly stop: () => Promise<void> }>
}

const FOLDER = `${import.meta.dir}/.portkey`
const ENTRY = `${FOLDER}/node_modules/@portkey-ai/gateway/build/start-server.js`
const INSTALL_WITHIN_MS = 180_000
const READY_WITHIN_MS = 20_000

/** Installs it where it is missing. Throws an error that says why it cannot be had. */
export async function installPortkey(): Promise<Portkey> {
  if (!existsSync(ENTRY)) await install()
  return { start }
}

async function install(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  cpSync(`${import.meta.dir}/portkey/package.json`, `${FOLDER}/package.json`)
  const npm = Bun.spawn(
    [
      'npm',
      'install',
      '--omit=dev',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--loglevel=error',
    ],
    { cwd: FOLDER, stdio: ['ignore', 'ignore', 'pipe'], timeout: INSTALL_WITHIN_MS },
  )
  const complaint = await new Response(npm.stderr).text()
  if ((await npm.exited) !== 0 || !existsSync(ENTRY))
    throw new Error(`npm install failed: ${complaint.trim().split('\n').at(0) ?? 'no reason given'}`)
}

async function start(): Promise<{ url: string; pid: number; stop: () => Promise<void> }> {
  const port = freePort()
  const child = Bun.spawn(['node', ENTRY, '--headless', `--port=${port}`], {
    cwd: FOLDER,
    env: { ...process.env, NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: 'localhost,127.0.0.1' },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const url = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await child.exited
  }
  const untilMs = performance.now() + READY_WITHIN_MS
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok === true) return { url, pid: child.pid, stop }
    if (child.exitCode !== null || performance.now() > untilMs) {
      await stop()
      throw new Error(`it did not start to serve in ${READY_WITHIN_MS} ms`)
    }
    await Bun.sleep(100)
  }
}

/** It takes no port 0, so one that was free a moment ago. */
function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  const { port } = probe
  probe.stop(true)
  return port
}

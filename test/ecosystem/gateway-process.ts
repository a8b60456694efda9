import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BINARY = fileURLToPath(new URL('../../bin/fullstop', import.meta.url))
const START_LIMIT_MS = 30_000

/** A `fullstop` of this repository that listens on loopback. */
export interface Process {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Starts the gateway with this configuration, as its users do: command, file, free port. */
export async function startGateway(config: object): Promise<Process> {
  const folder = await mkdtemp(join(tmpdir(), 'fullstop-ecosystem-'))
  const path = join(folder, 'fullstop.yaml')
  // JSON is YAML.
  await writeFile(path, JSON.stringify(config))
  const gateway = await startProcess(['start', '--config', path, '--port', '0'])
  return {
    url: gateway.url,
    stop: async () => {
      await gateway.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** Starts the simulated providers, without a delay between tokens. */
export function startSimulatedProviders(): Promise<Process> {
  return startProcess(['sim', '--port', '0', '--token-delay', '0'])
}

/** Runs the command until it has said where it listens. */
async function startProcess(options: readonly string[]): Promise<Process> {
  const child = spawn(BINARY, options, { stdio: ['ignore', 'pipe', 'pipe'], env: withoutKeys(process.env) })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // Also when a test breaks off.
  process.once('exit', () => child.kill('SIGKILL'))
  const url = await addressOf(child)
  // Whatever it says later, on either side, must not fill the pipe.
  child.stdout?.resume()
  child.stderr?.resume()
  return {
    url,
    stop: async () => {
      // Twice: a test is over, and whatever still runs shall not be waited for.
      child.kill('SIGTERM')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
      await exited
      clearTimeout(timer)
    },
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => fail('said no address'), START_LIMIT_MS)
    const fail = (why: string): void => {
      child.kill('SIGKILL')
      reject(new Error(`${child.spawnargs.slice(0, 2).join(' ')} ${why}: ${said}`))
    }
    const onText = (text: Buffer): void => {
      said += text.toString()
      const address = /\bon (http:\/\/[\d.]+:\d+)/.exec(said)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    }
    child.stdout?.on('data', onText)
    child.stderr?.on('data', onText)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with ${String(code)}`)
    })
  })
}

/** The environment without anything that would configure a client, a gateway or a command-line agent. */
export function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LANG', 'LC_ALL', 'TMPDIR', 'TERM', 'TZ']
  return Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
}

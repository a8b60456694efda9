import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const EXAMPLES = join(import.meta.dir, '../../examples/proxies')
/** What the configurations of the examples say, and tests put others in place of. */
const GATEWAY = '127.0.0.1:8787'
const LISTENER = '8080'
const START_LIMIT_MS = 10_000

/** A reverse proxy that may be installed here. */
export interface Proxy {
  readonly name: string
  readonly binary: string
  readonly versionArguments: readonly string[]
  /** Of `examples/proxies`. */
  readonly file: string
  readonly run: (file: string, folder: string) => readonly string[]
  /** What a test needs to run it beside others and as anybody: nothing that concerns requests. */
  readonly tame: (config: string, folder: string) => string
  /** The listener for HTTP/2 without TLS, which tests can speak without certificates. */
  readonly asHttp2: (config: string) => string
  /** Versions that are known to end an aborted answer cleanly for their clients; see docs/deployment.md. */
  readonly hidesAborts?: { readonly http1?: RegExp; readonly http2?: RegExp }
}

export const PROXIES: readonly Proxy[] = [
  {
    name: 'nginx',
    binary: 'nginx',
    versionArguments: ['-v'],
    file: 'nginx.conf',
    run: (file, folder) => ['-p', folder, '-e', 'stderr', '-c', file, '-g', `daemon off; pid ${folder}/nginx.pid;`],
    tame: (config, folder) => {
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (use) => `${use}_temp_path ${folder}/${use};`,
      )
      return config.replace('http {', `http { access_log off; ${paths.join(' ')}`)
    },
    asHttp2: (config) => config.replace(/listen (\S+);/, 'listen $1 http2;'),
  },
  {
    name: 'HAProxy',
    binary: 'haproxy',
    versionArguments: ['-v'],
    file: 'haproxy.cfg',
    run: (file) => ['-db', '-f', file],
    tame: (config) => config,
    asHttp2: (config) => config.replace(/bind (\S+)/, 'bind $1 proto h2'),
    hidesAborts: { http2: /^2\.6\./ },
  },
  {
    name: 'Caddy',
    binary: 'caddy',
    versionArguments: ['version'],
    file: 'Caddyfile',
    run: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
    tame: (config) => `{\n\tadmin off\n\tauto_https off\n\tservers {\n\t\tprotocols h1 h2c\n\t}\n}\n${config}`,
    asHttp2: (config) => config,
    hidesAborts: { http1: /^2\.6\./, http2: /^2\.6\./ },
  },
]

export interface RunningProxy {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Runs the proxy with its example's configuration, or another one, before this gateway. */
export async function startProxy(
  proxy: Proxy,
  gatewayUrl: string,
  change: (config: string) => string = (config) => config,
): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'fullstop-proxy-'))
  mkdirSync(join(folder, 'home'))
  const port = await freePort()
  const example = join(EXAMPLES, proxy.file)
  const config = change(existsSync(example) ? readFileSync(example, 'utf8') : '')
    .replaceAll(GATEWAY, new URL(gatewayUrl).host)
    .replaceAll(LISTENER, String(port))
  const file = join(folder, proxy.file)
  writeFileSync(file, proxy.tame(config, folder))
  const home = join(folder, 'home')
  const child = Bun.spawn([proxy.binary, ...proxy.run(file, folder)], {
    stdout: 'ignore',
    stderr: 'pipe',
    env: { PATH: process.env.PATH, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home },
  })
  const said = new Response(child.stderr).text()
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await child.exited
    rmSync(folder, { recursive: true, force: true })
  }
  const isUp = await Promise.race([answers(port), child.exited.then(() => false)])
  if (isUp) return { url: `http://127.0.0.1:${port}`, stop }
  await stop()
  throw new Error(`${proxy.name} does not listen: ${await said}`)
}

/** The version as the proxy tells it, or `undefined` where it is not installed. */
export function versionOf({ binary, versionArguments }: Proxy): string | undefined {
  if (Bun.which(binary) === null) return undefined
  const { stdout, stderr } = Bun.spawnSync([binary, ...versionArguments])
  return /\d+\.\d+\.\d+[^\s,]*/.exec(stdout.toString() + stderr.toString())?.[0]
}

async function answers(port: number): Promise<boolean> {
  const startedAtMs = performance.now()
  while (performance.now() - startedAtMs < START_LIMIT_MS) {
    if (await accepts(port)) return true
    await Bun.sleep(20)
  }
  return false
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

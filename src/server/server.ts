import { type Config, isLoopback } from '../config/index.ts'
import { Engine, pathOf } from '../engine/index.ts'
import type { EvidenceSink } from '../evidence/index.ts'
import type { BreakerChange } from '../exchange/index.ts'
import type { Clock } from '../resilience/index.ts'
import { bunUpstream, TcpTable } from '../runtime/bun/index.ts'
import { newId, systemClock } from '../runtime/web/index.ts'
import { BunConnection, IDLE_CONNECTION_SECONDS } from './client-connection.ts'
import { controlPlane, isControlPath } from './control-plane.ts'
import { refuseForeignCaller } from './loopback-guard.ts'

export interface ServerOptions {
  readonly config: Config
  readonly hostname: string
  /** 0 takes a free one. */
  readonly port: number
  /** Silence towards a streaming client before a keep-alive, ms. */
  readonly keepAliveMs?: number
}

export interface RunningServer {
  readonly url: string
  readonly controlUrl: string
  readonly engine: Engine
  /** Puts another configuration into service. Throws `InsecureBind` where this address may not serve it. */
  readonly swap: (config: Config) => void
  /** Refuses new requests, lets running ones end for at most `patienceMs` (30 s by default), then closes. */
  readonly stop: (patienceMs?: number) => Promise<void>
}

/** The bind would let anybody on the network use the providers' keys. */
export class InsecureBind extends Error {
  override readonly name = 'InsecureBind'
}

/** An address could not be had; `cause` is Bun's error. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen'
  readonly hostname: string
  readonly port: number

  constructor(hostname: string, port: number, cause: unknown) {
    super(`cannot listen on ${hostname}:${port}`, { cause })
    this.hostname = hostname
    this.port = port
  }
}

export interface ServerDeps {
  readonly clock?: Clock
  readonly random?: () => number
  readonly sink?: EvidenceSink
  readonly onBreakerChange?: (change: BreakerChange) => void
}

/** Starts listening. Throws `InsecureBind`, or `CannotListen` where a port is taken; then it listens nowhere. */
export function startServer(
  options: ServerOptions,
  { clock = systemClock, random = Math.random, sink, onBreakerChange }: ServerDeps = {},
): RunningServer {
  const { config, hostname, port, keepAliveMs } = options
  refuseInsecureBind(config, hostname)
  const engine = new Engine(
    { config, ...(keepAliveMs !== undefined && { keepAliveMs }) },
    {
      clock,
      random,
      newId,
      upstream: bunUpstream,
      ...(sink !== undefined && { sink }),
      ...(onBreakerChange !== undefined && { onBreakerChange }),
    },
  )
  const separate = config.control.listen
  const tcpTable = new TcpTable({ clock })
  const onControl: Handler = (request, server) =>
    controlPlane(engine, {
      request,
      path: pathOf(request.url),
      remoteAddress: server.requestIP(request)?.address,
    })
  const data = listen(hostname, port, (request, server) => {
    if (separate === undefined && isControlPath(pathOf(request.url))) return onControl(request, server)
    const foreign = engine.isOpen ? refuseForeignCaller(request.headers) : undefined
    if (foreign !== undefined) return engine.reject(request, foreign)
    return engine.fetch(request, { connection: new BunConnection({ server, request, clock, tcpTable }) })
  })
  const control = separate === undefined ? undefined : listenBeside(data, separate, onControl)
  return {
    url: urlOf(data),
    controlUrl: urlOf(control ?? data),
    engine,
    swap: (next) => {
      refuseInsecureBind(next, hostname)
      refuseMovedControl(separate, next.control.listen)
      engine.swap(next)
    },
    stop: async (patienceMs) => {
      // The engine's part is over when the last byte is written, the listener's when it has left.
      await engine.close(patienceMs, () => data.stop())
      await Promise.all([data.stop(true), control?.stop(true)])
    },
  }
}

type Handler = (request: Request, server: Bun.Server<undefined>) => Response | Promise<Response>

/** A gateway without its control plane would neither serve as configured nor end. */
function listenBeside(
  data: Bun.Server<undefined>,
  { hostname, port }: NonNullable<ListenAddress>,
  fetch: Handler,
): Bun.Server<undefined> {
  try {
    return listen(hostname, port, fetch)
  } catch (error) {
    void data.stop(true)
    throw error
  }
}

function listen(hostname: string, port: number, fetch: Handler): Bun.Server<undefined> {
  try {
    return serve(hostname, port, fetch)
  } catch (error) {
    throw new CannotListen(hostname, port, error)
  }
}

function serve(hostname: string, port: number, fetch: Handler): Bun.Server<undefined> {
  return Bun.serve({
    hostname,
    port,
    // Two gateways on one port would share its requests between them without a word.
    reusePort: false,
    fetch,
    development: false,
    idleTimeout: IDLE_CONNECTION_SECONDS,
    // The engine bounds bodies itself and says so in the caller's protocol; Bun would answer without a word.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    // Nothing in the handlers throws; should it, the caller must not see a stack trace.
    error: () => new Response('internal error', { status: 500 }),
  })
}

function urlOf(server: Bun.Server<undefined>): string {
  return server.url.href.replace(/\/$/, '')
}

function refuseInsecureBind({ clients }: Config, hostname: string): void {
  if (isLoopback(hostname) || clients.size > 0) return
  throw new InsecureBind(
    `refusing to listen on ${hostname}: without client keys anybody who reaches it could spend your providers' keys. ` +
      'Declare `clients` with a keyHash each, or listen on 127.0.0.1.',
  )
}

type ListenAddress = Config['control']['listen']

/** A listener that runs cannot be moved; saying "reloaded" while the old one goes on would be a lie. */
function refuseMovedControl(running: ListenAddress, next: ListenAddress): void {
  if (running?.hostname === next?.hostname && running?.port === next?.port) return
  throw new Error('control.listen cannot change while Fullstop runs: restart it')
}

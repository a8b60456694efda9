import type { Engine } from '../engine/index.ts'
import { ERRORS, FullstopError, toFullstopError } from '../errors.ts'
import { approvalsApi, isApprovalsPath } from './approvals-api.ts'
import { identify } from './control-identity.ts'

export interface ControlRequest {
  readonly request: Request
  readonly path: string
  /** Of the caller; `undefined` where the runtime does not know it. */
  readonly remoteAddress: string | undefined
}

const LISTED_EXCHANGES = 100

/** Paths that the control plane will serve in later versions. */
const COMING =
  /^\/(metrics|openapi\.json|console|api\/(runs|signals|incidents|reports|releases|remediations|forecast|map|diagnosis|notices|ledger))(\/|$)/

/** Whether a path belongs to the control plane. */
export function isControlPath(path: string): boolean {
  return path === '/' || path === '/healthz' || path === '/readyz' || path.startsWith('/api/') || COMING.test(path)
}

/** Health, how platforms fare, what is known of recent exchanges, and the answers that wait for a person. Everything but health needs the control key, or loopback without one. */
export async function controlPlane(
  engine: Engine,
  { request, path, remoteAddress }: ControlRequest,
): Promise<Response> {
  try {
    const { headers } = request
    if (isApprovalsPath(path)) {
      const identity = await identify(engine, { headers, remoteAddress })
      return await approvalsApi(engine, { request, path, identity })
    }
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new FullstopError('method-not-allowed', `Expected GET; ${request.method.slice(0, 16)} came.`, {
        allow: 'GET',
      })
    if (path === '/healthz') return Response.json({ status: 'up' })
    if (path === '/readyz') return readiness(engine)
    const { kind } = await identify(engine, { headers, remoteAddress })
    if (kind === 'approver')
      throw new FullstopError('unknown-key', 'Expected the control key; the key of an approver came.')
    return serve(engine, path)
  } catch (error) {
    return failure(toFullstopError(error))
  }
}

function serve(engine: Engine, path: string): Response {
  if (path === '/')
    return Response.json({ name: 'fullstop', models: [...engine.config.models.keys()], running: engine.running })
  if (path === '/api/exchanges') return Response.json({ exchanges: engine.recent.list(LISTED_EXCHANGES) })
  if (path === '/api/platforms') return Response.json(engine.platforms)
  const id = /^\/api\/exchanges\/([^/]+)$/.exec(path)?.[1]
  if (id !== undefined) {
    const exchange = engine.recent.get(id)
    if (exchange === undefined) throw new FullstopError('unknown-exchange', 'No recent exchange has this id.')
    return Response.json(exchange)
  }
  if (COMING.test(path)) throw new FullstopError('unknown-route', `${path.slice(0, 100)}: not in this version.`)
  throw new FullstopError('unknown-route', `${path.slice(0, 100)}: no such route.`)
}

function readiness(engine: Engine): Response {
  const ready = !engine.isDraining
  return Response.json({ status: ready ? 'ready' : 'draining' }, { status: ready ? 200 : 503 })
}

function failure({ code, message, headers }: FullstopError): Response {
  return Response.json({ error: { code, message } }, { status: ERRORS[code].status, headers })
}

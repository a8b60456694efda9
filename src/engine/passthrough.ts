import { FullstopError } from '../errors.ts'
import type { ApiFamily } from '../config/index.ts'
import type { Caller, IncomingRequest, Limits, Provider, Upstream } from '../exchange/index.ts'
import { pathOf, queryOf } from './routes.ts'

export interface PassthroughOptions {
  readonly request: IncomingRequest
  readonly provider: Provider
  readonly id: string
  /** The call is over, whichever way; may be called more than once. `undefined`: nobody needs to know. */
  readonly onOver: (() => void) | undefined
}

export interface PassthroughDeps {
  readonly upstream: Upstream
  readonly limits: Pick<Limits, 'passthroughBodyBytes'>
  readonly nowMs: () => number
}

/** Families in which one account keeps things for all who use it. */
const STORES: ReadonlySet<ApiFamily> = new Set([
  'files',
  'batches',
  'fine-tuning',
  'vector-stores',
  'containers',
  'conversations',
])

/**
 * Throws where a caller may not use a call that nobody here understands: it could ask for any model and for any workflow's
 * work, and what one tenant stores another could list and read.
 */
export function refuseForCaller(family: ApiFamily, caller: Caller, hasTenants: boolean): void {
  if (caller.workflows !== undefined)
    throw new FullstopError(
      'workflow-not-allowed',
      `${family}: this key is for named workflows, and such a call has none.`,
    )
  if (hasTenants && STORES.has(family))
    throw new FullstopError(
      'not-supported',
      `${family}: not passed through where there are several tenants, since the provider keeps them in one store.`,
    )
}

/** Of a client's headers only these travel on, beside the betas that the protocol lets through; its credentials are for Fullstop alone. */
const REQUEST_HEADERS = ['content-type', 'accept', 'range'] as const
/** Of a provider's headers only these come back. */
const RESPONSE_HEADERS = [
  'content-type',
  'content-disposition',
  'content-range',
  'retry-after',
  'request-id',
  'x-request-id',
] as const

/**
 * Passes a call that Fullstop does not understand to the one provider that the configuration names for it. Nothing of
 * it is judged, retried or recorded: the bytes go there and come back as they are.
 */
export async function passThrough(options: PassthroughOptions, deps: PassthroughDeps): Promise<Response> {
  const { request, onOver } = options
  if (onOver === undefined) return forward(options, deps)
  request.signal.addEventListener('abort', onOver, { once: true })
  try {
    const response = await forward(options, deps)
    if (response.body === null) {
      onOver()
      return response
    }
    const { status, headers } = response
    return new Response(untilOver(response.body, onOver), { status, headers })
  } catch (error) {
    onOver()
    throw error
  }
}

/** The same pieces; says when the last one was taken, or nobody wants more. */
function untilOver(body: ReadableStream<Uint8Array>, onOver: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await reader.read()
          if (!done) return controller.enqueue(value)
          onOver()
          controller.close()
        } catch (error) {
          onOver()
          controller.error(error)
        }
      },
      cancel(reason) {
        onOver()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

async function forward({ request, provider, id }: PassthroughOptions, deps: PassthroughDeps): Promise<Response> {
  const { upstream, limits, nowMs } = deps
  const key = provider.keys.next(nowMs())
  const headers: Record<string, string> = {
    ...provider.protocol.requestHeaders({ apiKey: key, clientHeaders: request.headers }),
    'accept-encoding': 'identity',
  }
  // The protocol's own are for JSON; a file has its own type, or none.
  delete headers['content-type']
  for (const name of REQUEST_HEADERS) {
    const value = request.headers.get(name)
    if (value !== null) headers[name] = value
  }
  expectPassedMethod(request.method)
  const url = urlBelow(provider, request.url)
  const body = bounded(request, limits.passthroughBodyBytes)
  let response: Response
  try {
    response = await upstream.fetch(url, {
      method: request.method,
      headers,
      signal: request.signal,
      ...(body !== undefined && { body: body.stream }),
    })
  } catch {
    if (body?.isTooLarge() === true) throw tooLarge(limits.passthroughBodyBytes)
    throw new FullstopError('no-complete-answer', `${provider.name} could not be reached.`)
  }
  if (response.status >= 300 && response.status < 400)
    throw new FullstopError('no-complete-answer', `${provider.name} redirected the call, which is not followed.`)
  const passed: Record<string, string> = { 'x-fullstop-id': id, 'x-fullstop-platform': provider.name }
  for (const name of RESPONSE_HEADERS) {
    const value = response.headers.get(name)
    if (value !== null) passed[name] = value
  }
  // An encoding that the upstream's `fetch` did not undo is still on the bytes.
  const encoding = response.headers.get('content-encoding')
  if (encoding !== null && !upstream.decodesBodies) passed['content-encoding'] = encoding
  return new Response(response.body, { status: response.status, headers: passed })
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

function expectPassedMethod(method: string): void {
  if (METHODS.includes(method)) return
  throw new FullstopError('method-not-allowed', `Expected one of ${METHODS.join(', ')}; ${method.slice(0, 16)} came.`, {
    allow: METHODS.join(', '),
  })
}

/**
 * The same path below the provider's base URL; OpenAI's end in `/v1`, the others' do not. A key in the query is a
 * client's and stays here. What was routed here must be what the provider sees, so a path that anybody on the way would
 * read as another one is refused.
 */
function urlBelow({ protocol, baseUrl }: Provider, requestUrl: string): string {
  const path = pathOf(requestUrl)
  const below = protocol.name.startsWith('openai') ? path.replace(/^\/v1(?=\/)/, '') : path
  const query = queryOf(requestUrl)
  query.delete('key')
  const url = URL.parse(baseUrl + below)
  if (/%(?:2e|2f|5c|00)|\/\//i.test(path) || url?.href !== baseUrl + below)
    throw new FullstopError('unknown-route', 'The path: expected plain segments; an encoded, dotted or empty one came.')
  return url.href + (query.size > 0 ? `?${query}` : '')
}

interface BoundedBody {
  readonly stream: ReadableStream<Uint8Array>
  readonly isTooLarge: () => boolean
}

function bounded(request: IncomingRequest, limitBytes: number): BoundedBody | undefined {
  const { headers, method } = request
  const { body } = request
  if (body === null || method === 'GET' || method === 'HEAD') return undefined
  if (Number(headers.get('content-length') ?? 0) > limitBytes) throw tooLarge(limitBytes)
  let total = 0
  const stream = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, controller) => {
        total += piece.length
        if (total > limitBytes) controller.error(tooLarge(limitBytes))
        else controller.enqueue(piece)
      },
    }),
  )
  return { stream, isTooLarge: () => total > limitBytes }
}

function tooLarge(limitBytes: number): FullstopError {
  return new FullstopError('body-too-large', `Expected a body of at most ${limitBytes} bytes; more came.`)
}

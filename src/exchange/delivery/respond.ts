import { within } from '../../resilience/index.ts'
import type { ClientExchange } from '../client-exchange.ts'
import { NO_BYTES } from '../bytes.ts'
import type { ClientConnection, ExchangeDeps } from '../ports.ts'
import { ClientStream } from './client-stream.ts'
import { errorResponse } from './error-response.ts'
import { createFrames, type Framing } from './framing.ts'

/**
 * Silence towards a streaming client before it gets a keep-alive, ms. Stall watchdogs of agents and proxies are known
 * from 20 s on (Claude Code's), and providers' own pings come only about every 30 s.
 */
export const KEEP_ALIVE_MS = 15_000

export interface RespondOptions {
  readonly exchange: ClientExchange
  readonly framing: Framing
  readonly connection: ClientConnection | undefined
  readonly keepAliveMs: number
  /** The answer is over, whether it was whole or not; may be called more than once. */
  readonly onOver: () => void
}

/**
 * Answers the client: with the status once the exchange has content or has failed, or, for a stream, once the wait
 * has grown so long that only a keep-alive holds the client, which commits the status but no content.
 */
export async function respond(
  { exchange, framing, connection, keepAliveMs, onOver }: RespondOptions,
  deps: ExchangeDeps,
): Promise<Response> {
  const { clock } = deps
  const { inbound } = exchange
  const onAbort = (): void => exchange.clientGone()
  inbound.signal.addEventListener('abort', onAbort)
  if (inbound.signal.aborted) onAbort()
  const first = exchange.next()
  const early = inbound.facts.stream ? await within(first, keepAliveMs, clock) : await first
  inbound.signal.removeEventListener('abort', onAbort)
  if (early?.kind === 'failed') {
    exchange.report(inbound.signal.aborted ? 'client-gone' : 'refused', early.failure.code)
    onOver()
    return errorResponse(early.failure, inbound.protocol, responseHeaders(exchange))
  }
  // After an early commit who answers is not known yet, and what is not known is not said.
  const headers = early === undefined ? idHeader(exchange) : responseHeaders(exchange)
  if (!inbound.facts.stream) {
    const bytes = early?.kind === 'bytes' ? early.bytes : NO_BYTES
    headers['content-type'] = 'application/json'
    const response = toResponse(bytes, headers, deps)
    exchange.report('delivered')
    onOver()
    return response
  }
  const frames = createFrames(framing)
  headers['content-type'] = frames.contentType
  headers['cache-control'] = 'no-cache'
  // Asks nginx, which buffers by default, to pass events on as they come.
  headers['x-accel-buffering'] = 'no'
  const pending = early === undefined ? first : Promise.resolve(early)
  const stream = new ClientStream({
    exchange,
    frames,
    pending,
    keepAliveFirst: early === undefined,
    keepAliveMs,
    connection,
    clock,
    onOver,
  })
  return new Response(stream.body, { status: 200, headers })
}

/** Of a body that is there and proven. */
function toResponse(
  bytes: Uint8Array,
  headers: Record<string, string>,
  { toWholeResponse }: Pick<ExchangeDeps, 'toWholeResponse'>,
): Response {
  const body = bytes as Uint8Array<ArrayBuffer>
  const init = { status: 200, headers }
  return toWholeResponse === undefined ? new Response(body, init) : toWholeResponse(body, init)
}

function idHeader({ inbound, isReplayed }: ClientExchange): Record<string, string> {
  return isReplayed ? { 'x-fullstop-id': inbound.id, 'x-fullstop-replayed': '1' } : { 'x-fullstop-id': inbound.id }
}

/** What is known of the answer when the response begins. */
export function responseHeaders(exchange: ClientExchange): Record<string, string> {
  const headers = idHeader(exchange)
  const { answering } = exchange
  if (exchange.attemptCount > 0) headers['x-fullstop-attempts'] = String(exchange.attemptCount)
  if (exchange.degraded !== undefined) headers['x-fullstop-degraded'] = exchange.degraded
  if (exchange.approval?.approver !== undefined) headers['x-fullstop-approval'] = exchange.approval.outcome
  if (answering === undefined) return headers
  headers['x-fullstop-platform'] = encodeURI(answering.platform.name)
  if (answering.headers === undefined) return headers
  for (const name of PASSED_HEADERS) {
    const value = answering.headers.get(name)
    if (value !== null) headers[name] = value
  }
  return headers
}

/** Of a provider's headers only these reach the client: what support asks for. */
const PASSED_HEADERS = ['request-id', 'x-request-id'] as const

import { toFullstopError } from '../errors.ts'
import type { Address, Protocol } from '../protocols/core/index.ts'
import { admit, type Inbound } from './admission/inbound.ts'
import type { Caller, Routing } from './admission/routing.ts'
import type { ClientExchange } from './client-exchange.ts'
import { refuse } from './delivery/error-response.ts'
import type { Framing } from './delivery/framing.ts'
import { respondLater } from './delivery/respond-later.ts'
import { respond } from './delivery/respond.ts'
import { Exchange } from './exchange.ts'
import type { Operation } from './operations/operation.ts'
import type { ClientConnection, Conditions, ExchangeDeps, IncomingRequest } from './ports.ts'

export interface AnswerOptions {
  readonly request: IncomingRequest
  /** What the client speaks. */
  readonly protocol: Protocol
  readonly operation: Operation
  /** What the request's own address says, where its protocol says it there. */
  readonly address: Address | undefined
  /** How a streamed answer is framed for the client. */
  readonly framing: Framing
  readonly routing: Routing
  readonly caller: Caller
  readonly conditions?: Conditions | undefined
  readonly connection: ClientConnection | undefined
  /** See `KEEP_ALIVE_MS`. */
  readonly keepAliveMs: number
  /** An exchange has begun that can be stopped until it is over. */
  readonly onBegin: (exchange: ClientExchange) => void
  /** Nothing more will be written to the client. */
  readonly onOver: (exchange: ClientExchange | undefined) => void
}

/** A request for an answer, from its bytes to its response; never rejects. */
export async function answer(options: AnswerOptions, deps: ExchangeDeps): Promise<Response> {
  const { request, protocol, operation, address, routing, caller, conditions, connection, keepAliveMs } = options
  const id = deps.newId()
  let exchange: ClientExchange | undefined
  const onOver = once(() => {
    connection?.answered()
    options.onOver(exchange)
  })
  try {
    const bodyLimitBytes = deps.limits.requestBodyBytes
    const inbound = await admit(
      { id, request, protocol, operation, address, routing, caller, conditions, bodyLimitBytes },
      deps,
    )
    connection?.answering()
    const isDeferred = inbound.approval !== undefined && prefersAsync(request.headers)
    const asked = isDeferred ? withoutConnection(inbound) : inbound
    const { replays } = deps
    exchange = replays.concerns(asked) ? await replays.open(asked, deps) : new Exchange(asked, deps)
    options.onBegin(exchange)
    if (isDeferred) return respondLater({ exchange, framing: options.framing, onOver }, deps)
    return await respond({ exchange, framing: options.framing, connection, keepAliveMs, onOver }, deps)
  } catch (error) {
    exchange?.giveUp()
    onOver()
    return refuse(toFullstopError(error), protocol, id)
  }
}

/** RFC 7240: a list of preferences, which a server may ignore; it is heeded where a person is waited for. */
function prefersAsync(headers: Headers): boolean {
  const preferences = (headers.get('prefer') ?? '').toLowerCase().split(',')
  return preferences.some((preference) => preference.split(';')[0]?.trim() === 'respond-async')
}

/** Whether its client's connection is still there says nothing any more. */
function withoutConnection(inbound: Inbound): Inbound {
  return { ...inbound, signal: new AbortController().signal }
}

function once(run: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    run()
  }
}

import { FullstopError } from '../errors.ts'
import type { Protocol } from '../protocols/core/index.ts'
import { admit } from './admission/inbound.ts'
import type { Caller, Routing } from './admission/routing.ts'
import { refuse } from './delivery/error-response.ts'
import { respond } from './delivery/respond.ts'
import { Exchange } from './exchange.ts'
import type { ClientConnection, ExchangeDeps } from './ports.ts'

export interface AnswerOptions {
  readonly request: Request
  /** What the client speaks. */
  readonly protocol: Protocol
  readonly routing: Routing
  readonly caller: Caller
  readonly connection: ClientConnection | undefined
  /** See `KEEP_ALIVE_MS`. */
  readonly keepAliveMs: number
}

/** A request for an answer, from its bytes to its response; never rejects. */
export async function answer(options: AnswerOptions, deps: ExchangeDeps): Promise<Response> {
  const { request, protocol, routing, caller, connection, keepAliveMs } = options
  const id = deps.newId()
  try {
    const bodyLimitBytes = deps.limits.requestBodyBytes
    const inbound = await admit({ id, request, protocol, routing, caller, bodyLimitBytes }, deps)
    return await respond({ exchange: new Exchange(inbound, deps), connection, keepAliveMs }, deps)
  } catch (error) {
    const known =
      error instanceof FullstopError ? error : new FullstopError('internal', 'Something went wrong that should not.')
    return refuse(known, protocol, id)
  }
}

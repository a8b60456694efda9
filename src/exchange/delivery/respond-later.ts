import { FullstopError } from '../../errors.ts'
import { joinBytes } from '../bytes.ts'
import { ownerOf } from '../admission/inbound.ts'
import type { ClientExchange } from '../client-exchange.ts'
import type { ExchangeDeps } from '../ports.ts'
import type { KeptResponse } from '../approval/deferred-answers.ts'
import { errorResponse } from './error-response.ts'
import { type Failure, unexpectedFailure } from './failure.ts'
import { createFrames, type Framing } from './framing.ts'
import { responseHeaders } from './respond.ts'

export interface RespondLaterOptions {
  readonly exchange: ClientExchange
  readonly framing: Framing
  readonly onOver: () => void
}

/**
 * Answers with 202 and where to ask for the answer, which is made meanwhile and kept in the form that was asked for. The
 * client's connection says nothing of whether it still wants it. Throws `approvals-full`.
 */
export function respondLater({ exchange, framing, onOver }: RespondLaterOptions, deps: ExchangeDeps): Response {
  const { inbound } = exchange
  const { deferred } = deps
  const response = deferred.begin(inbound.id, ownerOf(inbound.caller))
  const failed = (failure: Failure): Promise<KeptResponse> =>
    kept(errorResponse(failure, inbound.protocol, responseHeaders(exchange)))
  const tooLarge = unexpectedFailure(
    new FullstopError('no-complete-answer', 'The answer is too large to be kept.'),
    inbound.id,
    [],
  )
  void readWhole(exchange, framing, failed).then(async (answer) => {
    const instead = await failed(tooLarge)
    deferred.settle(inbound.id, answer, () => instead)
    onOver()
  })
  return response
}

/** Never rejects. */
async function readWhole(
  exchange: ClientExchange,
  framing: Framing,
  failed: (failure: Failure) => Promise<KeptResponse>,
): Promise<KeptResponse> {
  const isStream = exchange.inbound.facts.stream
  const frames = createFrames(framing)
  const pieces: Uint8Array[] = []
  for (;;) {
    const progress = await exchange.next()
    if (progress.kind === 'failed') {
      exchange.report('refused', progress.failure.code)
      return failed(progress.failure)
    }
    if (progress.kind === 'bytes') pieces.push(isStream ? frames.frame(progress.bytes) : progress.bytes)
    if (progress.kind === 'bytes' && isStream) continue
    if (isStream) pieces.push(frames.finish())
    exchange.report('kept')
    const body = joinBytes(pieces)
    const contentType = isStream ? frames.contentType : 'application/json'
    return { status: 200, headers: { ...responseHeaders(exchange), 'content-type': contentType }, body }
  }
}

async function kept(response: Response): Promise<KeptResponse> {
  const body = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, headers: Object.fromEntries(response.headers), body }
}

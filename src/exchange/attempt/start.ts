import { AnswerAssembler, type StreamEncoder } from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'
import { TextGuard } from '../delivery/text-guard.ts'
import type { ExchangeDeps } from '../ports.ts'
import type { Continuation } from '../seam/continuation.ts'
import type { Attempt } from './attempt.ts'
import { BodyAttempt } from './body-attempt.ts'
import { Call, type CallOptions } from './call.ts'
import { ByteOutbox, TranslatingOutbox } from './outbox.ts'
import { StreamAttempt } from './stream-attempt.ts'

export interface StartOptions extends CallOptions {
  /** The text that it delivers may be gone on with by another one. */
  readonly keepsText: boolean
  /** It goes on with what another one began. */
  readonly continuation: Continuation | undefined
  /** Where a limit stops it another one may go on behind it. */
  readonly mayGoOnAtLimit: boolean
}

/** A fresh attempt; nothing is sent before its first `read`. */
export function startAttempt(options: StartOptions, deps: ExchangeDeps): Attempt {
  const { inbound, platform, outbound, continuation, mayGoOnAtLimit } = options
  const call = new Call(options, deps)
  const { choices } = inbound.facts
  if (!inbound.facts.stream) return new BodyAttempt({ call, inbound, continuation, mayGoOnAtLimit })
  const { provider } = platform
  const { sameProtocol } = outbound
  const guard = guardFor(options, deps)
  const { acceptance, needsAnswer } = inbound
  const callsOnly = !needsAnswer && acceptance?.reads === 'calls'
  const assembler = needsAnswer || callsOnly ? new AnswerAssembler({ callsOnly }) : undefined
  if (assembler !== undefined) for (const event of continuation?.delivered?.events ?? []) assembler.add(event)
  const scanner = provider.protocol.createScanner({
    completion: provider.completion,
    choices,
    decode: !sameProtocol || guard !== undefined || assembler !== undefined,
    ...(sameProtocol && guard !== undefined && { watch: guard }),
    verbatim: sameProtocol,
    collect: !sameProtocol || needsAnswer || (callsOnly ? 'calls' : false),
    eventLimitBytes: deps.limits.eventBytes,
  })
  const outbox = sameProtocol
    ? new ByteOutbox(scanner, guard, assembler)
    : new TranslatingOutbox({
        scanner,
        encoder: encoderFor(inbound, platform, continuation, deps),
        guard,
        assembler,
        continuation,
      })
  const { delivery } = inbound.policy
  // An object or nothing: half a one is what nobody can use.
  const holdAll = delivery === 'hold' || (delivery === 'guarded' && inbound.facts.structured)
  return new StreamAttempt({
    call,
    scanner,
    outbox,
    guard,
    holdAll,
    assembler,
    acceptance,
    continuation,
    mayGoOnAtLimit,
  })
}

function guardFor({ inbound, keepsText }: StartOptions, { clock }: ExchangeDeps): TextGuard | undefined {
  const { delivery, thinking } = inbound.policy
  if (delivery !== 'guarded') return undefined
  return new TextGuard({ holdsThinking: thinking === 'hold', keepsText }, { nowMs: () => clock.nowMs() })
}

function encoderFor(
  inbound: Inbound,
  platform: Platform,
  continuation: Continuation | undefined,
  { clock }: ExchangeDeps,
): StreamEncoder {
  return inbound.protocol.createStreamEncoder({
    includeUsage: inbound.body.core().includeUsage,
    fallbackId: inbound.id,
    fallbackModel: platform.model,
    nowSeconds: Math.floor(clock.wallMs() / 1_000),
    begun: continuation?.delivered,
  })
}

import type { AttemptCause } from '../../evidence/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'
import type { Outbound } from '../operations/operation.ts'
import type { ExchangeDeps } from '../ports.ts'
import type { Attempt } from './attempt.ts'
import { BodyAttempt } from './body-attempt.ts'
import { Call } from './call.ts'
import { StreamAttempt } from './stream-attempt.ts'

export interface StartOptions {
  readonly inbound: Inbound
  readonly platform: Platform
  readonly outbound: Extract<Outbound, { ok: true }>
  readonly ordinal: number
  readonly noContentMs: number
  readonly cause: AttemptCause
  /** It is to show whether its platform works again. */
  readonly isProbe: boolean
  /** The first event with content has come, so long after the start. */
  readonly onFirstContent: (firstContentMs: number) => void
}

/** A fresh attempt; nothing is sent before its first `read`. */
export function startAttempt(options: StartOptions, deps: ExchangeDeps): Attempt {
  const { inbound, platform, outbound } = options
  const call = new Call(options, deps)
  const { choices } = inbound.facts
  if (!inbound.facts.stream) return new BodyAttempt({ call, inbound })
  const { provider } = platform
  const scanner = provider.protocol.createScanner({
    completion: provider.completion,
    choices,
    decode: !outbound.sameProtocol,
    eventLimitBytes: deps.limits.eventBytes,
  })
  const encoder = outbound.sameProtocol
    ? undefined
    : inbound.protocol.createStreamEncoder({
        includeUsage: inbound.body.core().includeUsage,
        fallbackId: inbound.id,
        fallbackModel: platform.model,
        nowSeconds: Math.floor(deps.clock.wallMs() / 1_000),
      })
  return new StreamAttempt({ call, scanner, encoder, holdAll: inbound.policy.delivery === 'hold' })
}

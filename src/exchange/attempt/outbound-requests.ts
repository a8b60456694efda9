import type { AttemptFailure } from '../admission/itinerary.ts'
import type { Inbound } from '../admission/inbound.ts'
import { bounded } from '../admission/inbound-body.ts'
import type { Platform } from '../admission/routing.ts'
import { ownershipOf } from '../memory/ownership.ts'
import type { Outbound } from '../operations/operation.ts'
import type { ExchangeDeps } from '../ports.ts'
import type { Run } from './run.ts'

/**
 * One exchange's request as each platform gets it: with which key, with its format or without. What comes of it is learned, for
 * its next attempt and for later requests.
 */
export class OutboundRequests {
  readonly #inbound: Inbound
  readonly #deps: ExchangeDeps
  /** Platforms that get the request without its format. */
  readonly #withoutFormat = new Set<Platform>()

  constructor(inbound: Inbound, deps: ExchangeDeps) {
    this.#inbound = inbound
    this.#deps = deps
  }

  /** Throws what is wrong with the request itself. `wasSent`: a platform has taken it for a request already. */
  for(platform: Platform, { wasSent }: { readonly wasSent: boolean }): Outbound {
    const { clock, origins, formatRefusals } = this.#deps
    const { operation, format } = this.#inbound
    const apiKey = platform.provider.keys.next(clock.nowMs())
    const ownership = ownershipOf(platform.name, origins)
    if (format !== undefined && formatRefusals.isRefused(format, platform.name, clock.nowMs()))
      this.#withoutFormat.add(platform)
    const withoutFormat = this.#withoutFormat.has(platform)
    try {
      return bounded(() => operation.toOutbound(this.#inbound, platform, { apiKey, ownership, withoutFormat }))
    } catch (error) {
      if (!wasSent) throw error
      // That only a translation trips over it is not the caller's answer.
      return { ok: false, problem: { field: 'body', message: 'cannot be translated for this platform' } }
    }
  }

  /** A key that was limited or refused rests; whether another one is ready. */
  restKey({ apiKey }: Run, { platform, reason, retryAfterMs }: AttemptFailure): boolean {
    if (reason !== 'authentication' && reason !== 'account-spent' && reason !== 'rate-limit') return false
    const { keys } = platform.provider
    const nowMs = this.#deps.clock.nowMs()
    keys.onFailure(apiKey, reason, retryAfterMs, nowMs)
    return keys.hasReady(nowMs)
  }

  /** Whether a platform refused the request perhaps for its format alone, which the caller can do without. */
  leaveFormatOut({ platform, reason }: AttemptFailure): boolean {
    if (reason !== 'bad-request' || !this.#inbound.isFormatOptional || this.#withoutFormat.has(platform)) return false
    this.#withoutFormat.add(platform)
    return true
  }

  /** It was answered to the end: what the next request of this conversation needs to know of that. */
  onFinished({ attempt, apiKey }: Run): void {
    const { platform, marks } = attempt
    const { session, caller, operation, format } = this.#inbound
    const { origins, sessions, formatRefusals, clock } = this.#deps
    if (format !== undefined && this.#withoutFormat.has(platform))
      formatRefusals.refused(format, platform.name, clock.nowMs())
    if (marks.length > 0)
      origins.remember(marks, { platform: platform.name, provider: platform.provider.name, tenant: caller.tenant })
    if (session !== undefined && operation.mayFallBack) sessions.answered(session, platform.name)
    platform.provider.keys.onSuccess(apiKey)
  }
}

import { type Clock, RateLimit, UsageLimit } from '../../resilience/index.ts'
import type { UseLimits } from '../admission/routing.ts'

/** What one provider account carries, over all its models, and what it takes at most. */
export class ProviderLoad {
  /** Attempts at once. */
  inFlight = 0
  /** As the newest configuration declares them. */
  limits: UseLimits = NO_LIMITS
  /** Of the last minute, as far as there is a limit on it. */
  readonly requests: RateLimit
  readonly tokens: UsageLimit

  constructor(deps: { readonly clock: Pick<Clock, 'nowMs'> }) {
    this.requests = new RateLimit(deps)
    this.tokens = new UsageLimit(deps)
  }
}

const NO_LIMITS: UseLimits = { concurrent: undefined, requestsPerMinute: undefined, tokensPerMinute: undefined }

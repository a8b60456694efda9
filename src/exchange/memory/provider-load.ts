/** What one provider account carries now, over all its models, and what it takes at most. */
export interface ProviderLoad {
  /** Attempts at once. */
  inFlight: number
  /** As the newest configuration declares it; `undefined`: as many as come. */
  limit: number | undefined
}

/** Time as it is passed in everywhere; tests pass their own. */
export interface Clock {
  /** Monotonic, ms: for durations. */
  nowMs(): number
  /** Since the epoch, ms: for records. */
  wallMs(): number
  /** Calls once after `delayMs`; the result cancels. */
  setTimer(callback: () => void, delayMs: number): () => void
}

/** Resolves after `delayMs`, or at once when the signal aborts; never rejects. */
export function wait(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted || delayMs <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.setTimer(done, delayMs)
    signal.addEventListener('abort', done)
  })
}

/** Time as it is passed in everywhere; tests pass their own. */
export interface Clock {
  /** Monotonic, ms: for durations. */
  nowMs(): number
  /** Since the epoch, ms: for records. */
  wallMs(): number
  /** Calls once after `delayMs`; the result cancels. */
  setTimer(callback: () => void, delayMs: number): () => void
}

/** What the promise resolves with, or `undefined` once `delayMs` are over; rejects as the promise does. */
export async function within<T>(promise: Promise<T>, delayMs: number, clock: Clock): Promise<T | undefined> {
  let cancel = (): void => undefined
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.setTimer(() => resolve(undefined), delayMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    cancel()
  }
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

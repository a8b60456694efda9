import type { Clock } from '../../resilience/index.ts'

/** The real clock. A timer that is set keeps the process alive: whoever waits for an answer or a retry gets it. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer: (callback, delayMs) => {
    // The platform's timers take a signed 32-bit number; anything longer would fire at once.
    const timer = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
}

/** `fs_` and 32 hexadecimal digits of a random UUID: 122 random bits, unguessable. */
export function newId(): string {
  const id = crypto.randomUUID()
  // By position: searching for the hyphens costs more than the random number.
  return `fs_${id.slice(0, 8)}${id.slice(9, 13)}${id.slice(14, 18)}${id.slice(19, 23)}${id.slice(24)}`
}

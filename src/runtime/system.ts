import type { Clock } from '../resilience/index.ts'

/** The real clock. Timers do not keep a process alive that has nothing else to do. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer: (callback, delayMs) => {
    // The platform's timers take a signed 32-bit number; anything longer would fire at once.
    const timer = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** `fs_` and 20 random characters of Crockford's base 32 (100 bits): unguessable, and readable over a telephone. */
export function newId(): string {
  let id = 'fs_'
  for (const byte of crypto.getRandomValues(new Uint8Array(20))) id += ALPHABET.charAt(byte & 31)
  return id
}

import { hashText } from '../../random.ts'

/**
 * The signature of a thinking block. The simulated providers make it from the thinking and from the platform that
 * thought it, and refuse any other, as the real API refuses thinking that it did not write or that was changed.
 */
export function signatureOf(thinking: string, platform: string): string {
  const words = Array.from({ length: 12 }, (_, index) =>
    hashText(`${platform}\u0000${thinking}`, index + 1).toString(36),
  )
  return `Ev${btoa(words.join('.'))}`
}

/** See `ProviderError`. */
const LONGEST_MESSAGE = 2000

/** A provider's message, cut where it is too long. */
export function boundMessage(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message
  // Not inside a surrogate pair, whose half no encoder can write.
  return `${message.slice(0, LONGEST_MESSAGE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
const LF = 10
const CLOSING_BRACE = 125

/**
 * Recognises an event that differs from an earlier, parsed one only inside string values, and so has the same
 * structure and is valid JSON: that is proof enough of it without parsing it again, at a third of the cost.
 * Of a stream's events nearly all are such text deltas.
 *
 * A template is: literal, string, literal [, string, literal], spaces, `}`, blank line. The second string is a
 * declared padding field (OpenAI's `obfuscation`), the spaces are Anthropic's padding. Escapes are checked, since line
 * breaks are frequent; a string that JSON does not allow never matches, and its event is parsed.
 */
export class DeltaTemplate {
  readonly #before: string
  readonly #between: string
  readonly #after: string | undefined

  private constructor(before: string, between: string, after: string | undefined) {
    this.#before = before
    this.#between = between
    this.#after = after
  }

  /**
   * Learns from an event's text whose JSON is known to be valid and to hold `value` under the key that `marker`
   * (`"text":"`) ends in. `undefined` where the text is not plain enough.
   */
  static learn(event: string, { marker, padding, value }: TemplateSource): DeltaTemplate | undefined {
    const at = event.indexOf(marker)
    if (at < 0 || event.indexOf(marker, at + 1) >= 0) return undefined
    const start = at + marker.length
    const end = stringEnd(event, start)
    if (end < 0 || unescaped(event.slice(start, end)) !== value || event.charCodeAt(event.length - 1) !== CLOSING_BRACE)
      return undefined
    const before = event.slice(0, start)
    const rest = event.slice(end, -1).trimEnd()
    const paddingAt = padding === undefined ? -1 : rest.indexOf(padding)
    if (padding === undefined || paddingAt < 0) return new DeltaTemplate(before, rest, undefined)
    const paddingStart = paddingAt + padding.length
    const paddingEnd = stringEnd(rest, paddingStart)
    if (paddingEnd < 0) return undefined
    return new DeltaTemplate(before, rest.slice(0, paddingStart), rest.slice(paddingEnd))
  }

  /** Where the string begins if an event of this shape begins at `at`. */
  valueStart(at: number): number {
    return at + this.#before.length
  }

  /** The index of the string's closing quote if an event of this shape begins at `at`, else -1. */
  valueEnd(text: string, at: number): number {
    return text.startsWith(this.#before, at) ? stringEnd(text, at + this.#before.length) : -1
  }

  /** The index behind the event's blank line, given where its string ends; -1 if the rest has another shape. */
  eventEnd(text: string, valueEnd: number): number {
    if (!text.startsWith(this.#between, valueEnd)) return -1
    let at = valueEnd + this.#between.length
    if (this.#after !== undefined) {
      const paddingEnd = stringEnd(text, at)
      if (paddingEnd < 0 || !text.startsWith(this.#after, paddingEnd)) return -1
      at = paddingEnd + this.#after.length
    }
    while (text.charCodeAt(at) === SPACE) at += 1
    const closes =
      text.charCodeAt(at) === CLOSING_BRACE && text.charCodeAt(at + 1) === LF && text.charCodeAt(at + 2) === LF
    return closes ? at + 3 : -1
  }
}

/** Where the text of a recognised delta goes. */
export interface DeltaTarget {
  readonly type: 'text' | 'thinking'
  readonly choice: number
  readonly part: number
}

export interface TemplateSource {
  readonly marker: string
  /** A key whose string value may also differ, with its opening quote: `"obfuscation":"`. */
  readonly padding: string | undefined
  readonly value: string
}

/** What a string of JSON stands for, given what is between its quotes. */
export function unescaped(raw: string): string {
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
}

/** The index of the closing quote of a valid JSON string whose content begins at `at`; -1 otherwise. */
function stringEnd(text: string, at: number): number {
  for (let i = at; ; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) return i
    // The comparison also fails for NaN, which is what lies behind the end of the text.
    if (!(code >= SPACE)) return -1
    if (code !== BACKSLASH) continue
    const length = escapeLength(text, i + 1)
    if (length === 0) return -1
    i += length
  }
}

/** How many characters follow the backslash in a valid escape; 0 where it is none. */
function escapeLength(text: string, at: number): number {
  const kind = text.charAt(at)
  if (kind === 'u') return HEX_4.test(text.slice(at + 1, at + 5)) ? 5 : 0
  return kind !== '' && '"\\/bfnrt'.includes(kind) ? 1 : 0
}

const HEX_4 = /^[\da-f]{4}$/i

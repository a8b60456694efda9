const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
const LF = 10
const CLOSING_BRACE = 125

/**
 * Recognises an event that differs from an earlier, parsed one only inside string values and in its number, and so has
 * the same structure and is valid JSON: that is proof enough of it without parsing it again, at a third of the cost.
 * Of a stream's events nearly all are such text deltas.
 *
 * A template is: literal, value, literal, spaces, `}`, tail, blank line, where each literal may be broken by a declared
 * padding string (OpenAI's `obfuscation`) and by a counted number (Responses' `sequence_number`), which must be exactly
 * the expected one. The spaces are Anthropic's padding; the tail is an event name behind the data, as Bedrock writes it.
 * Escapes are checked, since line breaks are frequent; a string that JSON does not allow never matches, and its event is
 * parsed.
 */
export class DeltaTemplate {
  readonly #before: string
  /** What differs in front of the value, and the literals behind each. */
  readonly #head: readonly Step[]
  readonly #between: string
  /** The same behind the value. */
  readonly #rest: readonly Step[]
  readonly #tail: string
  /** Whether each event must carry the number that follows the one before. */
  readonly isCounted: boolean

  private constructor([before, head]: Path, [between, rest]: Path, tail: string) {
    this.#before = before
    this.#head = head
    this.#between = between
    this.#rest = rest
    this.#tail = tail
    this.isCounted = [...head, ...rest].some(({ slot }) => slot === 'number')
  }

  /**
   * Learns from an event's text whose JSON is known to be valid and to hold `value` under the key that `marker`
   * (`"text":"`) ends in. `undefined` where the text is not plain enough.
   */
  static learn(event: string, { marker, value, padding, number }: TemplateSource): DeltaTemplate | undefined {
    const at = event.indexOf(marker)
    if (at < 0 || event.indexOf(marker, at + 1) >= 0) return undefined
    const start = at + marker.length
    const end = stringEnd(event, start)
    if (end < 0 || unescaped(event.slice(start, end)) !== value) return undefined
    const brace = event.lastIndexOf('}')
    const tail = event.slice(brace + 1)
    if (brace < end || !TAIL.test(tail)) return undefined
    const head = toPath(event.slice(0, start), padding, number)
    const rest = toPath(event.slice(end, brace).trimEnd(), padding, number)
    return head === undefined || rest === undefined ? undefined : new DeltaTemplate(head, rest, tail)
  }

  /** Where the string begins if an event of this shape, numbered `number`, begins at `at`; else -1. */
  valueStart(text: string, at: number, number: number): number {
    return text.startsWith(this.#before, at) ? walk(this.#head, text, at + this.#before.length, number) : -1
  }

  /** The index of the string's closing quote, given where it begins; -1 if it is none. */
  valueEnd(text: string, valueStart: number): number {
    return stringEnd(text, valueStart)
  }

  /** The index behind the event's blank line, given where its string ends; -1 if the rest has another shape. */
  eventEnd(text: string, valueEnd: number, number: number): number {
    if (!text.startsWith(this.#between, valueEnd)) return -1
    let at = walk(this.#rest, text, valueEnd + this.#between.length, number)
    if (at < 0) return -1
    while (text.charCodeAt(at) === SPACE) at += 1
    if (text.charCodeAt(at) !== CLOSING_BRACE) return -1
    at += 1
    if (this.#tail !== '') {
      if (!text.startsWith(this.#tail, at)) return -1
      at += this.#tail.length
    }
    return text.charCodeAt(at) === LF && text.charCodeAt(at + 1) === LF ? at + 2 : -1
  }
}

/** Nothing, or the event's name. */
const TAIL = /^(?:\nevent: [\w.]+)?$/

/** Something that differs, and the text that follows it. */
interface Step {
  readonly slot: 'padding' | 'number'
  readonly literal: string
}

type Path = readonly [literal: string, steps: readonly Step[]]

/** Where the steps end if the text at `at` is of their shape, else -1. */
function walk(steps: readonly Step[], text: string, at: number, number: number): number {
  let end = at
  // By index: this runs for each event, and an iterator costs as much as the comparison.
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step
    end = step.slot === 'padding' ? stringEnd(text, end) : numberEnd(text, end, number)
    if (end < 0 || !text.startsWith(step.literal, end)) return -1
    end += step.literal.length
  }
  return end
}

/** A piece of an event's text, cut where it may differ; `undefined` where a slot does not hold what it must. */
function toPath(text: string, padding: string | undefined, number: CountedNumber | undefined): Path | undefined {
  const slots: { readonly slot: Step['slot']; readonly start: number; readonly end: number }[] = []
  const paddingAt = padding === undefined ? -1 : text.indexOf(padding)
  if (padding !== undefined && paddingAt >= 0) {
    const start = paddingAt + padding.length
    slots.push({ slot: 'padding', start, end: stringEnd(text, start) })
  }
  const numberAt = number === undefined ? -1 : text.indexOf(number.marker)
  if (number !== undefined && numberAt >= 0) {
    const start = numberAt + number.marker.length
    // Another number of the same name would have to stay as it is, and the digits must be all there is.
    const isOnly = text.indexOf(number.marker, start) < 0 && !/[\d.eE]/.test(text.charAt(start + digits(number)))
    slots.push({ slot: 'number', start, end: isOnly ? numberEnd(text, start, number.value) : -1 })
  }
  if (slots.some(({ end }) => end < 0)) return undefined
  slots.sort((a, b) => a.start - b.start)
  const literal = (from: number): string => text.slice(slots[from - 1]?.end ?? 0, slots[from]?.start ?? text.length)
  return [literal(0), slots.map(({ slot }, index) => ({ slot, literal: literal(index + 1) }))]
}

const digits = ({ value }: CountedNumber): number => String(value).length

/** Where the text of a recognised delta goes. */
export interface DeltaTarget {
  readonly type: 'text' | 'thinking'
  readonly choice: number
  readonly part: number
}

/** A number that is one more in each event, e.g. under `"sequence_number":`. */
export interface CountedNumber {
  readonly marker: string
  readonly value: number
}

export interface TemplateSource {
  readonly marker: string
  /** A key whose string value may also differ, with its opening quote: `"obfuscation":"`. */
  readonly padding: string | undefined
  readonly number?: CountedNumber | undefined
  readonly value: string
}

/** What a string of JSON stands for, given what is between its quotes. */
export function unescaped(raw: string): string {
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
}

/** The index behind the number, if the text at `at` begins with it; what follows is the caller's to check. */
function numberEnd(text: string, at: number, number: number): number {
  const written = String(number)
  return text.startsWith(written, at) ? at + written.length : -1
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

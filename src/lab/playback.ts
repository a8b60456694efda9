import type { Connection } from './connection.ts'
import type { Cut, FaultEffects } from './faults.ts'
import { gzipBomb } from './gzip-bomb.ts'
import type { WireEvent } from './protocols/provider-protocol.ts'

const HTML_PAGE =
  '<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>'
const BODY_PIECE_CHARACTERS = 64

/** What a reply is made of, besides the answer itself. */
export interface ReplyParts {
  readonly headers: Readonly<Record<string, string>>
  readonly effects: FaultEffects
  /** The error event of a stream, or the error body of what is not a stream. */
  readonly errorText: string
  /** The error without its framing, where the protocol has such a thing. */
  readonly bareErrorText: string
  /** Writes an event's place in the stream into it. */
  readonly numbered: (text: string, sequence: number) => string
  /** The media type of the stream. */
  readonly streamType: string
  /** The event of the `giant-event` fault. */
  readonly giantEvent: (letters: number) => string
  /** How long a token takes; a body that is not a stream waits for all of its tokens at once. */
  readonly tokenDelayMs: number
}

/** How a reply went: `cut` when a fault replaced it or ended it early. */
export type PlaybackEnd = 'answered' | 'cut' | 'clientLeft'

/** Sends an answer of so many tokens as a stream, with the faults that concern streams. */
export async function playStream(
  connection: Connection,
  events: readonly WireEvent[],
  tokens: number,
  parts: ReplyParts,
): Promise<PlaybackEnd> {
  const { effects, headers, streamType } = parts
  const instead = await playInstead(connection, parts, streamType)
  if (instead !== undefined) return instead
  connection.head(200, { ...headers, 'content-type': streamType, 'cache-control': 'no-cache' })
  await connection.wait(effects.firstTokenDelayMs ?? 0)
  const faulty = withEventFaults(events, parts)
  // Protocols put their tokens into more or fewer events, which must not make one faster than another.
  const contentMs = (tokens * parts.tokenDelayMs) / Math.max(1, events.filter(({ kind }) => kind === 'content').length)
  const cutAt = effects.cut === undefined ? faulty.length : cutIndex(faulty, effects.cut.afterEvents)
  for (const event of faulty.slice(0, cutAt)) {
    await connection.wait((effects.eventDelayMs ?? 0) + (event.kind === 'content' ? contentMs : 0))
    if (connection.isGone) return 'clientLeft'
    await connection.write(event.text)
  }
  if (effects.cut !== undefined) {
    const error = parts.numbered(parts.errorText, cutAt)
    return cut(connection, effects.cut.how, {
      next: faulty[cutAt]?.text ?? '',
      error: effects.cut.how === 'bare-error' ? parts.bareErrorText : error,
    })
  }
  if (connection.isGone) return 'clientLeft'
  connection.end()
  return effects.dropTerminal === true ? 'cut' : 'answered'
}

/** Sends an answer as one JSON body, with the faults that concern bodies. */
export async function playBody(
  connection: Connection,
  body: string,
  tokens: number,
  parts: ReplyParts,
): Promise<PlaybackEnd> {
  const { effects, headers } = parts
  const type = { ...headers, 'content-type': 'application/json' }
  const instead = await playInstead(connection, parts, 'application/json')
  if (instead !== undefined) return instead
  await connection.wait((effects.firstTokenDelayMs ?? 0) + tokens * parts.tokenDelayMs)
  const faulty = withBodyFaults(body, parts)
  const how = bodyCut(effects)
  if (how === undefined) {
    connection.head(200, { ...type, 'content-length': String(Buffer.byteLength(faulty)) })
    await writeSlowly(connection, faulty, effects.eventDelayMs ?? 0)
    if (connection.isGone) return 'clientLeft'
    connection.end()
    return 'answered'
  }
  const length = effects.truncateBody === 'short' ? { 'content-length': String(Buffer.byteLength(faulty)) } : undefined
  connection.head(200, { ...type, ...length })
  await writeSlowly(connection, faulty.slice(0, faulty.length / 2), effects.eventDelayMs ?? 0)
  return cut(connection, how, { next: '', error: '' })
}

async function playInstead(
  connection: Connection,
  { effects, headers }: ReplyParts,
  contentType: string,
): Promise<PlaybackEnd | undefined> {
  if (effects.instead === 'html') {
    connection.head(200, { 'content-type': 'text/html; charset=utf-8' })
    await connection.write(HTML_PAGE)
    connection.end()
    return 'cut'
  }
  if (effects.instead !== 'gzip-bomb') return undefined
  const bomb = await gzipBomb(effects.gzipBombBytes ?? 1, contentType.startsWith('text/') ? 'data: ' : '"')
  connection.head(200, { ...headers, 'content-type': contentType, 'content-encoding': 'gzip' })
  await connection.write(bomb)
  connection.end()
  return 'cut'
}

async function cut(
  connection: Connection,
  how: Cut,
  { next, error }: { readonly next: string; readonly error: string },
): Promise<PlaybackEnd> {
  switch (how) {
    case 'eof':
      connection.end()
      break
    case 'midjson':
      await connection.write(next.slice(0, next.lastIndexOf('{"') + 6))
      connection.end()
      break
    case 'in-band-error':
    case 'bare-error':
      await connection.write(error)
      connection.end()
      break
    case 'fin':
      connection.closeEarly()
      break
    case 'reset':
      await connection.reset()
      break
    case 'stall':
      await connection.hang()
      break
  }
  return 'cut'
}

function withEventFaults(events: readonly WireEvent[], { effects, giantEvent, numbered }: ReplyParts): WireEvent[] {
  const changed = effects.dropTerminal === true ? events.flatMap(withoutTerminal) : [...events]
  const contentAt = changed.flatMap((event, index) => (event.kind === 'content' ? [index] : []))
  if (effects.malformedEventAt !== undefined) {
    const at = contentAt[Math.min(effects.malformedEventAt, contentAt.length - 1)]
    const event = at === undefined ? undefined : changed[at]
    if (at !== undefined && event !== undefined) {
      const text = event.text.trimEnd()
      const lineEnds = event.text.slice(text.length)
      changed[at] = { ...event, text: `${text.slice(0, text.lastIndexOf('{"') + 6)}${lineEnds}` }
    }
  }
  if (effects.giantEventBytes !== undefined) {
    const after = (contentAt[0] ?? 0) + 1
    changed.splice(after, 0, { text: giantEvent(effects.giantEventBytes), kind: 'content' })
  }
  const sent = changed.map((event, sequence) => ({ ...event, text: numbered(event.text, sequence) }))
  // Left out after the numbers are given: that is what makes the gap.
  if (effects.leaveOutEventAt === undefined) return sent
  const gapAt = contentAt[Math.min(effects.leaveOutEventAt, contentAt.length - 1)]
  return sent.filter((_, index) => index !== gapAt)
}

function withoutTerminal(event: WireEvent): readonly WireEvent[] {
  if (event.kind !== 'terminal') return [event]
  return event.unmarked === undefined ? [] : [{ text: event.unmarked, kind: 'content' }]
}

// Where the stream is cut: after N content events, and at the latest before the last of them.
function cutIndex(events: readonly WireEvent[], afterEvents: number): number {
  if (afterEvents < 0) return 0
  const contentAt = events.flatMap((event, index) => (event.kind === 'content' ? [index] : []))
  // An answer without content, such as a refusal, is cut after its first event, unless that is all of it.
  return contentAt[Math.min(afterEvents, contentAt.length - 1)] ?? Math.min(1, events.length - 1)
}

function bodyCut({ cut: asked, truncateBody }: FaultEffects): Cut | undefined {
  if (truncateBody !== undefined) return truncateBody === 'clean' ? 'eof' : truncateBody === 'short' ? 'fin' : 'reset'
  if (asked === undefined || isError(asked.how)) return undefined
  return asked.how === 'midjson' ? 'eof' : asked.how
}

function isError(how: Cut): boolean {
  return how === 'in-band-error' || how === 'bare-error'
}

function withBodyFaults(body: string, { effects, errorText }: ReplyParts): string {
  if (effects.cut !== undefined && isError(effects.cut.how)) return errorText
  let changed = body
  if (effects.malformedEventAt !== undefined) changed = `${changed.slice(0, -1)},`
  if (effects.dropTerminal === true) changed = withoutEnding(changed)
  // Blanks before a value are valid JSON: a giant body with a small answer in it.
  return effects.giantEventBytes === undefined ? changed : ' '.repeat(effects.giantEventBytes) + changed
}

// A finish reason becomes null, and a response that has one status is still in progress.
function withoutEnding(body: string): string {
  return body
    .replace(/"(stop_reason|finish_reason|finishReason)":(\s*)"[^"]*"/g, '"$1":$2null')
    .replace(/"status":(\s*)"(completed|incomplete)"/g, '"status":$1"in_progress"')
}

async function writeSlowly(connection: Connection, text: string, delayMs: number): Promise<void> {
  if (delayMs <= 0) return connection.write(text)
  for (let at = 0; at < text.length && !connection.isGone; at += BODY_PIECE_CHARACTERS) {
    await connection.write(text.slice(at, at + BODY_PIECE_CHARACTERS))
    await connection.wait(delayMs)
  }
}

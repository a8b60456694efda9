import { FullstopError } from '../../errors.ts'
import { fromUtf8 } from '../../protocols/core/index.ts'
import { type Clock, within } from '../../resilience/index.ts'
import { joinBytes } from '../bytes.ts'
import type { IncomingRequest } from '../ports.ts'

export interface BodyBounds {
  readonly limitBytes: number
  readonly limitMs: number
}

/** Bodies up to this size come with their headers, or nearly so; the listener's idle time-out bounds them well enough. */
const PROMPT_BYTES = 64 * 1024

/**
 * The whole body as text, within its bounds. Throws `body-too-large`, `body-too-slow`, `invalid-request` where it breaks off, or
 * `invalid-json` where it is not UTF-8 (RFC 8259 §8.1).
 */
export async function readBounded(request: IncomingRequest, bounds: BodyBounds, clock: Clock): Promise<string> {
  const { limitBytes } = bounds
  const { bodyText } = request
  if (bodyText !== undefined) {
    // At least a byte a character; what is in memory already need not be counted more exactly.
    if (bodyText.length > limitBytes) throw tooLarge(limitBytes, `${bodyText.length} characters came`)
    return bodyText
  }
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (declared > limitBytes) throw tooLarge(limitBytes, `${declared} bytes are announced`)
  try {
    // A declared length is kept to by the HTTP parser, so the fast way is safe.
    if (declared <= PROMPT_BYTES) return toText(await request.arrayBuffer())
    const whole = Number.isInteger(declared) ? request.arrayBuffer() : collect(request.body, limitBytes)
    return toText(await inTime(whole, bounds, clock))
  } catch (error) {
    if (error instanceof FullstopError) throw error
    throw new FullstopError('invalid-request', 'The body broke off before its end.')
  }
}

async function inTime(whole: Promise<ArrayBuffer>, { limitMs }: BodyBounds, clock: Clock): Promise<ArrayBuffer> {
  const bytes = await within(whole, limitMs, clock)
  if (bytes !== undefined) return bytes
  throw new FullstopError('body-too-slow', `Expected the whole body within ${limitMs / 1_000} seconds.`)
}

async function collect(body: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = []
  let total = 0
  if (body !== null) {
    for await (const piece of body) {
      total += piece.length
      if (total > limitBytes) throw tooLarge(limitBytes, 'more came')
      pieces.push(piece)
    }
  }
  return joinBytes(pieces, total).buffer
}

function toText(bytes: ArrayBuffer): string {
  const text = fromUtf8(bytes)
  if (text === undefined) throw new FullstopError('invalid-json', 'Expected a body in UTF-8; bytes came that are not.')
  return text
}

function tooLarge(limitBytes: number, came: string): FullstopError {
  return new FullstopError('body-too-large', `Expected a body of at most ${limitBytes} bytes; ${came}.`)
}

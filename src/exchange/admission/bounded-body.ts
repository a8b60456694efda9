import { FullstopError } from '../../errors.ts'
import type { Clock } from '../../resilience/index.ts'

export interface BodyBounds {
  readonly limitBytes: number
  readonly limitMs: number
}

/** The whole body within its bounds. Throws `body-too-large`, `body-too-slow`, or `invalid-request` where it breaks off. */
export async function readBounded(
  request: Request,
  { limitBytes, limitMs }: BodyBounds,
  clock: Clock,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (declared > limitBytes) throw tooLarge(limitBytes, `${declared} bytes are announced`)
  let cancel = (): void => undefined
  const tooSlow = new Promise<never>((_, reject) => {
    const error = new FullstopError('body-too-slow', `Expected the whole body within ${limitMs / 1_000} seconds.`)
    cancel = clock.setTimer(() => reject(error), limitMs)
  })
  try {
    // A declared length is kept to by the HTTP parser, so the fast way is safe.
    const whole = Number.isInteger(declared) ? request.arrayBuffer() : collect(request.body, limitBytes)
    return new Uint8Array(await Promise.race([whole, tooSlow]))
  } catch (error) {
    if (error instanceof FullstopError) throw error
    throw new FullstopError('invalid-request', 'The body broke off before its end.')
  } finally {
    cancel()
  }
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

export function joinBytes(pieces: readonly Uint8Array[], total: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(total)
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

function tooLarge(limitBytes: number, came: string): FullstopError {
  return new FullstopError('body-too-large', `Expected a body of at most ${limitBytes} bytes; ${came}.`)
}

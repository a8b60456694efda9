import { FullstopError } from '../../errors.ts'

/** The whole body, at most `limitBytes` of it. Throws `body-too-large`, or `invalid-request` where it breaks off. */
export async function readBounded(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (declared > limitBytes) throw tooLarge(limitBytes, `${declared} bytes are announced`)
  try {
    // A declared length is kept to by the HTTP parser, so the fast way is safe.
    if (Number.isInteger(declared)) return new Uint8Array(await request.arrayBuffer())
    return await collect(request.body, limitBytes)
  } catch (error) {
    if (error instanceof FullstopError) throw error
    throw new FullstopError('invalid-request', 'The body broke off before its end.')
  }
}

async function collect(body: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = []
  let total = 0
  if (body !== null) {
    for await (const piece of body) {
      total += piece.length
      if (total > limitBytes) throw tooLarge(limitBytes, 'more came')
      pieces.push(piece)
    }
  }
  return joinBytes(pieces, total)
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

import { describe, expect, test } from 'bun:test'
import type { FinishedVerdict, Label, Usage } from '../../evidence/index.ts'
import type { ScannerOptions, StreamScanner } from './scanner.ts'
import type { JsonObject } from './json.ts'
import { SseScanner } from './sse-scanner.ts'

const OPTIONS: ScannerOptions = { completion: 'strict', choices: 1, decode: true, eventLimitBytes: 1_000 }
const encoder = new TextEncoder()

/** A protocol of few words: `{"text":…}` is content, `{"error":…}` an error, `hold` what it says, `end` the proof. */
class FewWords extends SseScanner {
  readonly parsed: string[] = []
  #ended = false

  protected override onData(data: string): boolean {
    this.parsed.push(data)
    if (data === 'hold') this.hold()
    else if (data === 'end') this.#ended = true
    return data !== 'bad' && !data.startsWith('{')
  }

  protected override isInBandError(message: JsonObject): boolean {
    return message.error !== undefined
  }

  protected override onMessage({ text }: JsonObject, event: string): void {
    if (typeof text !== 'string') return
    this.emit({ type: 'text', choice: 0, part: 0, text })
    this.content()
    this.learn(event, { marker: '"text":"', padding: undefined, value: text }, { type: 'text', choice: 0, part: 0 })
  }

  protected override proofSoFar(): FinishedVerdict | undefined {
    return this.#ended ? { name: 'complete', proof: 'done', stop: undefined } : undefined
  }
  protected override proofAtEnd(pending: string): FinishedVerdict | undefined {
    return pending === 'data: nearly' ? { name: 'complete', proof: 'finish-reason+end', stop: 'end' } : undefined
  }
  protected override usage(): Usage {
    return {}
  }
  protected override rawStop(): Label | undefined {
    return undefined
  }
  override withoutUnfinishedCalls(held: Uint8Array): Uint8Array {
    return held
  }
  override fork(): FewWords {
    const copy = new FewWords(this.options)
    this.copyTo(copy)
    copy.#ended = this.#ended
    return copy
  }
}

const scannerAfter = (text: string, options: Partial<ScannerOptions> = {}): FewWords => {
  const scanner = new FewWords({ ...OPTIONS, ...options })
  scanner.push(encoder.encode(text))
  return scanner
}
const say = (text: string): string => `data: {"text":"${text}"}\n\n`
const textOf = (scanner: StreamScanner): string =>
  scanner
    .takeEvents()
    .map((event) => (event.type === 'text' ? event.text : `(${event.type})`))
    .join('')

const lost = { name: 'truncated', reason: 'connection-lost' } as const

describe('an error that is not framed as an event should be', () => {
  const error = { error: { code: 503, message: 'a\nb' } }
  const pretty = JSON.stringify(error, undefined, 2)
  const failed = { name: 'failed', reason: 'in-band-error' } as const

  test.each([
    ['bare', pretty],
    ['behind one `data:`', `data: ${pretty}`],
    ['behind a `data:` for each line', pretty.replaceAll(/^/gm, 'data: ')],
    ['with CRLF', pretty.replaceAll('\n', '\r\n')],
    ['with the next event right behind it', `${pretty}\n${say('b').trimEnd()}`],
  ])('over several lines, %s', (_, text) => {
    const scanner = scannerAfter(`${say('a')}${text}\n\n`)
    expect(scanner.phase).toBe('broken')
    expect(scanner.verdictAtEnd()).toEqual(failed)
    expect(scanner.inBandError).toEqual(error)
  })

  test.each([
    ['in one line', `data: ${JSON.stringify(error)}`],
    ['bare', JSON.stringify(error)],
    ['over several lines', `data: ${pretty}`],
    ['with a line end', `${pretty}\r\n`],
  ])('the last of the body, without a blank line, %s', (_, text) => {
    const scanner = scannerAfter(say('a') + text)
    expect(scanner.phase).toBe('flowing')
    expect(scanner.verdictAtEnd()).toEqual(failed)
    expect(scanner.verdictAfter(lost)).toEqual(failed)
    expect(scanner.inBandError).toEqual(error)
  })

  test('half of one is a cut, and so is half of anything else', () => {
    const whole = `data: ${JSON.stringify(error)}`
    for (let end = 1; end < whole.length; end++) {
      const scanner = scannerAfter(say('a') + whole.slice(0, end))
      expect(scanner.verdictAtEnd()).toEqual({ name: 'truncated', reason: 'ended-inside-event' })
      expect(scanner.inBandError).toBeUndefined()
    }
    expect(scannerAfter('data: {"text":"b"}').verdictAtEnd().name).toBe('truncated')
  })

  test('behind a proof it is nothing', () => {
    const scanner = scannerAfter(`data: end\n\ndata: ${JSON.stringify(error)}`)
    expect(scanner.verdictAtEnd().name).toBe('complete')
    expect(scanner.inBandError).toBeUndefined()
  })

  test('what is over several lines and no error is not JSON', () => {
    expect(scannerAfter('data: {\n"text":"b"}\n\n').verdictAtEnd()).toEqual({ name: 'malformed', reason: 'not-json' })
  })
})

describe('phases', () => {
  test('opening, flowing, held, proven', () => {
    const scanner = scannerAfter(': hello\n\n')
    expect(scanner.phase).toBe('opening')
    scanner.push(encoder.encode(say('a')))
    expect(scanner.phase).toBe('flowing')
    scanner.push(encoder.encode('data: hold\n\n'))
    expect(scanner.phase).toBe('held')
    scanner.push(encoder.encode(say('b')))
    expect(scanner.phase).toBe('held')
    scanner.push(encoder.encode('data: end\n\n'))
    expect(scanner.phase).toBe('proven')
    expect(scanner.events).toBe(4)
  })

  test('from opening straight to held', () => {
    expect(scannerAfter('data: hold\n\n').phase).toBe('held')
  })

  test('content and what stops it in one chunk is held', () => {
    expect(scannerAfter(`${say('a')}data: hold\n\n`).phase).toBe('held')
  })

  test('broken is settled: nothing that follows changes it', () => {
    const scanner = scannerAfter('data: bad\n\ndata: {"error":"x"}\n\n')
    scanner.push(encoder.encode('data: end\n\n'))
    expect([scanner.phase, scanner.events, scanner.inBandError]).toEqual(['broken', 1, undefined])
    expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'not-json' })
    expect(scanner.verdictAfter(lost)).toEqual({ name: 'malformed', reason: 'not-json' })
  })

  test('the in-band error is kept for classification', () => {
    const scanner = scannerAfter('data: {"error":"x"}\n\n')
    expect(scanner.inBandError).toEqual({ error: 'x' })
    expect(scanner.verdictAtEnd()).toEqual({ name: 'failed', reason: 'in-band-error' })
  })
})

describe('what an event is', () => {
  const failed = { name: 'failed', reason: 'in-band-error' } as const
  const notThis = { name: 'malformed', reason: 'not-this-protocol' } as const

  test.each([
    ['no JSON', 'data: bad', { name: 'malformed', reason: 'not-json' }],
    ['no object', 'data: {}\ndata: ,', { name: 'malformed', reason: 'not-json' }],
    ['an error by its name', 'event: error\ndata: {"text":"a"}', failed],
    ['an error that is no data', '{"error":"x"}', failed],
    ['anything else that is no data', '{"text":"a"}', notThis],
  ] as const)('%s', (_, event, verdict) => {
    expect(scannerAfter(`${event}\n\ndata: end\n\n`).verdictAtEnd()).toEqual(verdict)
  })

  test('a comment, or a field of another name, is nothing', () => {
    expect(scannerAfter(': a\n\nid: 1\nretry: 5\n\ndata: end\n\n').phase).toBe('proven')
  })
})

describe('behind the proof', () => {
  test('nothing is read any more, also in the same piece', () => {
    const scanner = scannerAfter('data: end\n\ndata: bad\n\n')
    expect([scanner.phase, scanner.events, scanner.parsed]).toEqual(['proven', 1, ['end']])
  })

  test('nothing is pending or too large', () => {
    const scanner = scannerAfter(`data: end\n\n${'x'.repeat(2_000)}`)
    scanner.push(encoder.encode('x'.repeat(2_000)))
    expect([scanner.phase, scanner.pendingBytes]).toEqual(['proven', 0])
  })
})

describe('verdicts at the end of the transport', () => {
  test('before the proof', () => {
    expect(scannerAfter('').verdictAtEnd()).toEqual({ name: 'truncated', reason: 'ended-before-proof' })
    expect(scannerAfter(say('a')).verdictAtEnd()).toEqual({ name: 'truncated', reason: 'ended-before-proof' })
    expect(scannerAfter('data: end\n').verdictAtEnd()).toEqual({ name: 'truncated', reason: 'ended-inside-event' })
    expect(scannerAfter(say('a')).verdictAfter(lost)).toEqual(lost)
  })

  test('a proof that was seen stands, whatever comes of the transport', () => {
    const proven = { name: 'complete', proof: 'done', stop: undefined }
    expect(scannerAfter('data: end\n\n').verdictAfter(lost)).toEqual(proven as never)
    expect(scannerAfter('data: end\n\ndata: {"te').verdictAtEnd()).toEqual(proven as never)
  })

  test('a proof at a clean end is none after a reset', () => {
    const scanner = scannerAfter('data: nearly\r\n')
    expect(scanner.verdictAtEnd()).toEqual({ name: 'complete', proof: 'finish-reason+end', stop: 'end' })
    expect(scanner.verdictAfter(lost)).toEqual(lost)
  })

  test('judging twice gives the same', () => {
    const scanner = scannerAfter(`${say('a')}data: x`)
    expect(scanner.verdictAtEnd()).toEqual(scanner.verdictAtEnd())
  })
})

describe('plain deltas', () => {
  test('are parsed once and then recognised, with the same result', () => {
    const scanner = scannerAfter(say('one ') + say('two ') + say('') + say('three'))
    expect(scanner.parsed).toHaveLength(1)
    expect(scanner.events).toBe(4)
    expect(textOf(scanner)).toBe('one two three')
  })

  test('are parsed again after an event of another shape', () => {
    const scanner = scannerAfter(`${say('a')}: note\n\n${say('b')}${say('c\\n')}${say('d')}`)
    // An escape is of the same shape; a comment is nothing to parse.
    expect(scanner.parsed).toHaveLength(2)
    expect(textOf(scanner)).toBe('abc\nd')
  })

  test('an empty one is no content', () => {
    const scanner = new FewWords(OPTIONS)
    scanner.push(encoder.encode('data: hold\n\n'))
    expect(scanner.phase).toBe('held')
  })

  test('without translation nothing is collected', () => {
    const scanner = scannerAfter(say('a') + say('b'), { decode: false })
    expect(scanner.takeEvents()).toEqual([])
    expect([scanner.phase, scanner.events]).toEqual(['flowing', 2])
  })
})

describe('memory', () => {
  test('an event larger than the limit is malformed before it is whole', () => {
    const scanner = scannerAfter(`data: ${'x'.repeat(900)}`)
    expect(scanner.phase).toBe('opening')
    scanner.push(encoder.encode('x'.repeat(200)))
    expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'too-large' })
    const pendingBytes = scanner.pendingBytes
    scanner.push(encoder.encode('x'.repeat(1_000_000)))
    expect(scanner.pendingBytes).toBe(pendingBytes)
  })

  test('whole events together may be larger than the limit', () => {
    expect(scannerAfter(say('abc').repeat(1_000)).phase).toBe('flowing')
  })

  test('a hundred thousand events leave nothing behind once they were taken', () => {
    const scanner = new FewWords(OPTIONS)
    const events = encoder.encode(say('word').repeat(100))
    for (let i = 0; i < 1_000; i++) {
      scanner.push(events)
      expect(scanner.takeEvents()).toHaveLength(100)
    }
    expect([scanner.events, scanner.pendingBytes, scanner.takeEvents().length]).toEqual([100_000, 0, 0])
    expect(scanner.parsed).toHaveLength(1)
  })
})

test('a fork goes its own way', () => {
  const scanner = scannerAfter(`${say('a')}data: en`)
  const fork = scanner.fork()
  scanner.push(encoder.encode('d\n\n'))
  expect([scanner.phase, fork.phase]).toEqual(['proven', 'flowing'])
  fork.push(encoder.encode('d of nothing\n\n'))
  expect([scanner.parsed.at(-1), fork.parsed.at(-1)]).toEqual(['end', 'end of nothing'])
  fork.push(encoder.encode(say('b')))
  expect([textOf(scanner), textOf(fork)]).toEqual(['a', 'ab'])
  expect(fork.verdictAtEnd()).toEqual({ name: 'truncated', reason: 'ended-before-proof' })
  expect([scanner.events, fork.events]).toEqual([2, 3])
})

describe('a block without data', () => {
  test.each(['<html>502 Bad Gateway</html>', 'upstream connect error or disconnect: reset', '[1]', 'event: a\noh'])(
    'that is no event is not this protocol: %s',
    (text) => {
      const scanner = scannerAfter(`${say('a')}${text}\n\ndata: end\n\n`)
      expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'not-this-protocol' })
    },
  )

  test.each([': wait', ':', 'event: ping', 'event', 'id: 3\nretry: 10', 'id\n: a\n  ', ' \n'])(
    'that says nothing is none: %j',
    (text) => {
      expect(scannerAfter(`${say('a')}${text}\n\ndata: end\n\n`).verdictAtEnd().name).toBe('complete')
    },
  )
})

describe('what is no plain UTF-8', () => {
  const pushed = (bytes: Uint8Array, size: number): FewWords => {
    const scanner = new FewWords(OPTIONS)
    for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size))
    return scanner
  }
  const bytesOf = (...pieces: readonly (string | readonly number[])[]): Uint8Array =>
    Uint8Array.from(pieces.flatMap((piece) => (typeof piece === 'string' ? [...encoder.encode(piece)] : piece)))
  const SIZES = [1, 3, 1_000]

  test.each([{ invalid: [0xff] }, { invalid: [0xc3] }, { invalid: [0xed, 0xa0, 0x80] }])(
    'is not JSON, however it arrives: %p',
    ({ invalid }) => {
      const bytes = bytesOf(say('a'), 'data: {"text":"b', invalid, '"}\n\n', 'data: end\n\n')
      for (const size of SIZES) {
        const scanner = pushed(bytes, size)
        expect(scanner.verdictAtEnd()).toEqual({ name: 'malformed', reason: 'not-json' })
        expect([scanner.events, textOf(scanner)]).toEqual([1, 'a'])
      }
    },
  )

  test('is nothing behind a proof', () => {
    const bytes = bytesOf(say('a'), 'data: end\n\n: ', [0xff], '\n\n')
    for (const size of SIZES) expect(pushed(bytes, size).verdictAtEnd().name).toBe('complete')
  })

  test('a character that stands for what could not be read is text', () => {
    expect(textOf(pushed(bytesOf(say('\uFFFD')), 1_000))).toBe('\uFFFD')
  })

  test('a mark of the byte order may begin the stream, and no other event', () => {
    for (const size of SIZES) {
      expect(pushed(bytesOf('\uFEFFdata: end\n\n'), size).verdictAtEnd().name).toBe('complete')
      for (const proof of ['\uFEFFdata: end\n\n', '\uFEFFevent: a\ndata: end\n\n'])
        expect(pushed(bytesOf(say('a'), proof), size).verdictAtEnd()).toEqual({
          name: 'malformed',
          reason: 'not-this-protocol',
        })
    }
  })
})

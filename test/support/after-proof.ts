import { expect } from 'bun:test'
import fc from 'fast-check'
import type { Completion, Protocol, StreamScanner } from '../../src/protocols/core/index.ts'

export interface AfterProof {
  readonly createScanner: Protocol['createScanner']
  readonly completions: readonly Completion[]
  /** Proven before its transport's end. */
  readonly stream: string
  /** What may still come, beside any text. */
  readonly late: readonly string[]
  readonly eventLimitBytes: number
}

/** What follows the proof changes nothing that is found of a stream, whatever it is and however it is split. */
export function expectNothingAfterProof({
  createScanner,
  completions,
  stream,
  late,
  eventLimitBytes,
}: AfterProof): void {
  const scan = (text: string, completion: Completion, sizes: readonly number[]): StreamScanner => {
    const bytes = new TextEncoder().encode(text)
    const scanner = createScanner({ completion, choices: 1, decode: true, eventLimitBytes })
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1
      scanner.push(bytes.subarray(at, at + size))
      at += size
    }
    return scanner
  }
  fc.assert(
    fc.property(
      fc.constantFrom(...completions),
      fc.array(fc.oneof(fc.constantFrom(...late), fc.string()), { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 }),
      (completion, behind, sizes) => {
        const alone = scan(stream, completion, [stream.length])
        expect(alone.phase).toBe('proven')
        expect(found(scan(stream + behind.join(''), completion, sizes))).toEqual(found(alone))
      },
    ),
    { numRuns: 300 },
  )
}

const found = (scanner: StreamScanner): object => ({
  phase: scanner.phase,
  atEnd: scanner.verdictAtEnd(),
  afterLoss: scanner.verdictAfter({ name: 'truncated', reason: 'connection-lost' }),
  facts: scanner.facts,
  pendingBytes: scanner.pendingBytes,
  content: scanner.takeEvents(),
  marks: scanner.takeMarks(),
})

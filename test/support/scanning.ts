import { expect } from 'bun:test'
import { isFinished } from '../../src/evidence/index.ts'
import type { Protocol, ScannerOptions, StreamEvent, StreamScanner } from '../../src/protocols/core/index.ts'

const encoder = new TextEncoder()

export const LOST = { name: 'truncated', reason: 'connection-lost' } as const

/** A new scanner, and all of a stream behind it. */
export type Scan = (stream: string, options?: Partial<ScannerOptions>) => StreamScanner

/** Of one protocol: one answer under a strict proof, decoded, in events of at most 10 kB, where nothing else is said. */
export function scanning(createScanner: Protocol['createScanner']): Scan {
  return (stream, options = {}) => {
    const scanner = createScanner({
      completion: 'strict',
      choices: 1,
      decode: true,
      eventLimitBytes: 10_000,
      ...options,
    })
    scanner.push(encoder.encode(stream))
    return scanner
  }
}

export function wholesIn(events: readonly StreamEvent[]): readonly object[] {
  return events.flatMap((each) => (each.type === 'whole' ? [each.content] : []))
}

/** What a client of the same protocol gets of a finished stream that is held. */
export function keptOf(stream: string, scan: Scan): string {
  const scanner = scan(stream)
  const verdict = scanner.verdictAtEnd()
  if (!isFinished(verdict)) throw new Error(`not finished: ${verdict.reason}`)
  return new TextDecoder().decode(scanner.withoutUnfinishedCalls(encoder.encode(stream)))
}

/** A stream that is proven at its last byte, in other spellings too, however its bytes are cut in two. */
export function expectSameAtEverySplit(stream: string, others: readonly string[], scan: Scan): void {
  const content = scan(stream).takeEvents()
  for (const variant of [stream, ...others]) {
    expect(scan(variant).takeEvents()).toEqual([...content])
    const bytes = encoder.encode(variant)
    for (let at = 0; at < bytes.length; at++) {
      const scanner = scan('')
      scanner.push(bytes.subarray(0, at))
      if (isFinished(scanner.verdictAtEnd())) throw new Error(`finished at ${at} of ${bytes.length}`)
      scanner.push(bytes.subarray(at))
      if (scanner.phase !== 'proven') throw new Error(`not proven when split at ${at}`)
      if (!Bun.deepEquals(scanner.takeEvents(), content)) throw new Error(`other content when split at ${at}`)
    }
  }
}

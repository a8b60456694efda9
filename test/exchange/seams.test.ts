import { describe, expect, test } from 'bun:test'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { readRecording } from '../support/recorded-answer.ts'
import { type Answer, eventsIn, playSeam, saying, type SeamPlatform, type SeamResult } from '../support/seam-bench.ts'
import { flaws } from '../support/well-formed.ts'

const TEXT = 'All is well here. The night was calm, and nobody has called since. We go home at six.'

/** Dies behind so many events, each time it is asked. */
const dying = (protocol: ProtocolName, events: number, said = saying({ text: TEXT })): SeamPlatform => ({
  protocol,
  answer: () => ({ events: eventsIn(protocol, said).slice(0, events), end: 'broken' }),
})

/** Continues a half answer, and answers anything else with `anew`. */
const continuing = (protocol: ProtocolName, anew = 'Something else. Entirely.', more: object = {}): SeamPlatform => ({
  protocol,
  prefill: 'accepted',
  answer: ({ prefill }): Answer => {
    if (prefill !== undefined && !TEXT.startsWith(prefill)) throw new Error(`not the beginning: ${prefill}`)
    const text = prefill === undefined ? anew : TEXT.slice(prefill.length)
    return { events: eventsIn(protocol, saying({ text, ...more })), end: 'clean' }
  },
})

const answering = (protocol: ProtocolName, text: string, more: object = {}): SeamPlatform => ({
  protocol,
  answer: () => ({ events: eventsIn(protocol, saying({ text, ...more })), end: 'clean' }),
})

const refusing = (protocol: ProtocolName, anew: string): SeamPlatform => ({
  protocol,
  prefill: 'accepted',
  answer: ({ prefill }) =>
    prefill === undefined ? { events: eventsIn(protocol, saying({ text: anew })), end: 'clean' } : { status: 400 },
})

const textOf = (client: ProtocolName, { body }: SeamResult): string => readRecording(client, body).text

const seamsOf = ({ evidence }: SeamResult): readonly string[] =>
  (evidence.seams ?? []).map(({ kind, outcome }) => `${kind} ${outcome}`)

describe.each(PROTOCOLS.flatMap((client) => PROTOCOLS.map((upstream) => [client, upstream] as const)))(
  'a client of %s whose platform speaks %s',
  (client, upstream) => {
    test('has its text continued by a platform of the same model', async () => {
      for (const other of ['anthropic', 'openai-chat', 'gemini'] as const) {
        const result = await playSeam({ client, platforms: [dying(upstream, 12), continuing(other)] })
        expect(result.isAborted).toBe(false)
        expect(textOf(client, result)).toBe(TEXT)
        expect(flaws(client, result.body)).toEqual([])
        expect(seamsOf(result)).toEqual(['prefill joined'])
        expect(result.evidence).toMatchObject({
          outcome: 'delivered',
          verdict: 'complete',
          platform: 'p1/x',
          attempts: [{ verdict: 'truncated' }, { cause: 'seam', verdict: 'complete' }],
        })
      }
    })

    test('has it go on where another answer begins with exactly what is there', async () => {
      const result = await playSeam({
        client,
        platforms: [dying(upstream, 12), answering(upstream, 'All is ill. Very.'), answering('gemini', TEXT)],
      })
      expect(textOf(client, result)).toBe(TEXT)
      expect(flaws(client, result.body)).toEqual([])
      expect(seamsOf(result)).toEqual(['regenerate diverged', 'regenerate joined'])
      expect(result.evidence.attempts[1]).toMatchObject({ verdict: 'failed', reason: 'diverged', cause: 'seam' })
    })

    test('has a refused half answer hide nothing', async () => {
      const rescued = await playSeam({ client, platforms: [dying(upstream, 12), refusing('anthropic', TEXT)] })
      expect(textOf(client, rescued)).toBe(TEXT)
      expect(seamsOf(rescued)).toEqual(['prefill failed', 'regenerate joined'])
      const lost = await playSeam({ client, platforms: [dying(upstream, 12), refusing('anthropic', 'No. Never.')] })
      expect(lost.isAborted).toBe(true)
      expect(lost.evidence).toMatchObject({
        outcome: 'broken-off',
        verdict: 'truncated',
        errorCode: 'no-complete-answer',
      })
      expect(TEXT.startsWith(textOf(client, lost))).toBe(true)
      expect(new TextDecoder().decode(lost.body)).toContain('no-complete-answer')
    })
  },
)

import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { ProtocolName, StreamEvent } from '../../src/protocols/core/index.ts'
import { concurrently } from '../support/concurrently.ts'
import {
  distinct,
  isRecordedFailure,
  isSentinelOnly,
  proofEnd,
  PROTOCOLS,
  type RecordedStream,
  recordedStreams,
} from '../support/corpus.ts'
import { endsInErrorEvent, falseSuccesses } from '../support/false-successes.ts'
import { readRecording } from '../support/recorded-answer.ts'
import {
  type Answer,
  deltaText,
  eventsIn,
  playSeam,
  saying,
  type SeamPlatform,
  type SeamResult,
  splitEvents,
} from '../support/seam-bench.ts'
import { flaws } from '../support/well-formed.ts'

const WIDTH = 8
const TIMEOUT_MS = 120_000

/** What the platform does that is to go on. */
const KINDS = ['continuing', 'restarting', 'same-but-refusing', 'refusing', 'rambling'] as const
type Kind = (typeof KINDS)[number]

const RAMBLE = 'Quite another matter. Once upon a time there was a king, who had a fiddle and three dogs.'
/** Handed a half answer, it goes on with something that nobody can tell from a rest. */
const RAMBLE_ON = ' quite another matter. Once upon a time there was a king, who had a fiddle.'
/** What can continue a half answer. */
const CONTINUERS: readonly ProtocolName[] = ['anthropic', 'openai-chat', 'gemini']

interface Whole {
  readonly text: string
  /** A second part, where the text has two: `text` has it too. */
  readonly more?: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: string }[]
}

/** `whole`: what it says where it says the same. */
function other(kind: Kind, protocol: ProtocolName, { text, calls }: Whole): SeamPlatform {
  const answer = (said: string): Answer => ({ events: eventsIn(protocol, saying({ text: said, calls })), end: 'clean' })
  return {
    protocol,
    prefill: 'accepted',
    answer: ({ prefill }) => {
      switch (kind) {
        case 'continuing':
          return answer(prefill === undefined ? RAMBLE : text.slice(prefill.length))
        case 'restarting':
          return answer(text)
        case 'same-but-refusing':
          return prefill === undefined ? answer(text) : { status: 400 }
        case 'refusing':
          return prefill === undefined ? answer(RAMBLE) : { status: 400 }
        case 'rambling':
          return answer(prefill === undefined ? RAMBLE : RAMBLE_ON)
      }
    },
  }
}

interface Cut {
  readonly name: string
  readonly client: ProtocolName
  readonly upstream: ProtocolName
  /** Whole events. */
  readonly events: readonly string[]
  readonly at: number
  readonly kind: Kind
  readonly target: ProtocolName
  readonly whole: Whole
  /** Kinds of flaws that the stream has already where nothing cuts it: providers are not all as strict as we are. */
  readonly ownFlaws: ReadonlySet<string>
}

const play = (cut: Cut): Promise<SeamResult> =>
  playSeam({
    client: cut.client,
    policy: { attempts: 5 },
    platforms: [
      {
        protocol: cut.upstream,
        answer: () => ({ events: cut.events.slice(0, cut.at), end: cut.at % 2 === 0 ? 'clean' : 'broken' }),
      },
      other(cut.kind, cut.target, cut.whole),
    ],
  })

/** What is wrong with what the client got. */
function problemsOf(cut: Cut, { status, body, isAborted, evidence }: SeamResult): readonly string[] {
  if (status !== 200) return [`status ${status}`]
  const { client, whole, kind } = cut
  const said = deltaText(client, body)
  if (isAborted) {
    const answer = { status, body, end: 'reset', headers: new Map(), seen: [], evidence } as const
    return [
      ...falseSuccesses(client, answer),
      ...(endsInErrorEvent(client, answer) ? [] : ['no error event']),
      ...(whole.text.startsWith(said) ? [] : [`no beginning: ${said}`]),
    ]
  }
  const problems: string[] = []
  const joined = evidence.seams?.findLast(({ outcome }) => outcome === 'joined')
  const answer = readRecording(client, body)
  if (answer.text !== said) problems.push(`the end repeats ${answer.text}, and ${said} was streamed`)
  // Whoever had nothing yet gets the other's answer, as ever.
  const isFresh = joined === undefined
  const isRambling = kind === 'rambling' && joined?.kind === 'prefill'
  const before = whole.text.slice(0, joined?.charactersBefore)
  const rest = /\s$/.test(before) ? RAMBLE_ON.trimStart() : RAMBLE_ON
  const due = isRambling ? before + rest : whole.text
  if (isFresh ? said !== whole.text && said !== RAMBLE : said !== due) problems.push(`says ${said} instead of ${due}`)
  if (answer.calls.length !== whole.calls.length) problems.push(`${answer.calls.length} calls`)
  problems.push(...flaws(client, body).filter((flaw) => !cut.ownFlaws.has(kindOf(flaw))))
  return problems
}

const NO_FLAWS: ReadonlySet<string> = new Set()

/** Which rule it breaks, wherever it does. */
const kindOf = (flaw: string): string => flaw.replaceAll(/ping,|\d+/g, '').slice(0, 24)

interface Tally {
  readonly problems: readonly string[]
  readonly seams: ReadonlyMap<string, number>
  readonly honest: number
  readonly whole: number
}

async function tally(cuts: readonly Cut[]): Promise<Tally> {
  const seams = new Map<string, number>()
  let honest = 0
  const problems = await concurrently(cuts, WIDTH, async (cut) => {
    const result = await play(cut)
    if (result.isAborted) honest += 1
    for (const { kind, outcome } of result.evidence.seams ?? []) {
      const name = `${kind} ${outcome}`
      seams.set(name, (seams.get(name) ?? 0) + 1)
    }
    return problemsOf(cut, result).map(
      (problem) =>
        `${cut.name} cut at ${cut.at}, ${cut.upstream} → ${cut.client}, ${cut.kind} ${cut.target}: ${problem}`,
    )
  })
  return { problems: problems.flat(), seams, honest, whole: cuts.length - honest }
}

const CALL = { id: 'call_1', name: 'look_up', input: '{"a":[1,2]}' }
const SYNTHETIC: readonly Whole[] = [
  { text: 'All is well here. The night was calm, and nobody has called since. We go home at six.', calls: [] },
  { text: 'First line.\n\n- one\n- two, with “quotes”\n\n```ts\nconst a = 1\n```\nDone.', calls: [CALL] },
  { text: '春天来了。花都开了，孩子们在外面玩。晚上我们一起吃饭。', calls: [] },
  { text: 'One of two. It is enough. And the other, which is not.', more: ' And the other, which is not.', calls: [] },
  { text: 'Ωραία. Crème brûlée 👩‍👩‍👧 for you! And one more: ok.', calls: [CALL] },
]

/** Every cut of the stream, with each of the others in turn. */
function cutsOf(base: Omit<Cut, 'at' | 'kind' | 'target'>, most: number): readonly Cut[] {
  const { length } = base.events
  const every = Math.max(1, Math.ceil(length / most))
  return base.events.flatMap((_, at): readonly Cut[] => {
    if (at % every !== 0) return []
    const turn = at / every + length
    const kind = KINDS[turn % KINDS.length] ?? 'continuing'
    return [{ ...base, at, kind, target: CONTINUERS[Math.floor(turn / 2) % CONTINUERS.length] ?? 'anthropic' }]
  })
}

/** Each in pieces that are no words. */
const sayingIn = ({ text, more = '', calls }: Whole): readonly StreamEvent[] =>
  saying({ text: text.slice(0, text.length - more.length), more, calls }).flatMap((event): readonly StreamEvent[] =>
    event.type === 'text'
      ? [...event.text.matchAll(/[\s\S]{1,5}/gu)].map(([piece]) => ({ ...event, text: piece }))
      : [event],
  )

/** What goes on is cut everywhere, what does not at every third event. */
const STEPS: Readonly<Record<Kind, number>> = {
  continuing: 1,
  'same-but-refusing': 1,
  restarting: 3,
  refusing: 3,
  rambling: 3,
}

describe.each(PROTOCOLS)('synthetic answers for a client of %s, cut at every event', (client) => {
  test.each(KINDS)(
    'with one that is %s',
    async (kind) => {
      const cuts = PROTOCOLS.flatMap((upstream) =>
        SYNTHETIC.flatMap((whole, index) => {
          const events = eventsIn(upstream, sayingIn(whole))
          const base = { name: `answer ${index}`, client, upstream, events, whole, ownFlaws: NO_FLAWS }
          return events.flatMap((_, at): readonly Cut[] => {
            if (at % STEPS[kind] !== index % STEPS[kind]) return []
            return [{ ...base, at, kind, target: CONTINUERS[at % CONTINUERS.length] ?? 'anthropic' }]
          })
        }),
      )
      const { problems, seams, honest, whole } = await tally(cuts)
      expect(problems.slice(0, 20)).toEqual([])
      expect(whole).toBeGreaterThan(20)
      const count = (name: string): number => seams.get(name) ?? 0
      // A second text of a Responses message comes behind the whole of the first, of which not everything is kept.
      const mostHonest = client === 'openai-responses' ? 25 : 0
      switch (kind) {
        case 'continuing':
          expect(count('prefill joined')).toBeGreaterThan(100)
          expect(honest).toBeLessThanOrEqual(mostHonest)
          return
        case 'restarting':
          expect(count('regenerate joined')).toBeGreaterThan(50)
          return
        case 'same-but-refusing':
          expect(count('prefill failed')).toBeGreaterThan(100)
          expect(count('regenerate joined')).toBeGreaterThan(100)
          expect(honest).toBeLessThanOrEqual(mostHonest)
          return
        case 'refusing':
          expect(count('regenerate diverged')).toBeGreaterThan(50)
          expect(honest).toBeGreaterThan(50)
          return
        case 'rambling':
          expect(count('prefill joined')).toBeGreaterThan(50)
      }
    },
    TIMEOUT_MS,
  )
})

test(
  'any text, cut anywhere, is whole or breaks off honestly',
  async () => {
    const kinds = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('one', ' two', ', ', '. ', '\n\n', 'ß', ' 三', '四。', ' {', '"', '`', '  ', '. So'), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.constantFrom(...PROTOCOLS),
        fc.constantFrom(...PROTOCOLS),
        fc.constantFrom(...CONTINUERS),
        fc.constantFrom(...KINDS),
        fc.nat(60),
        async (pieces, client, upstream, target, kind, cutAt) => {
          const whole = { text: pieces.join(''), calls: [] }
          const said = pieces.map((text): StreamEvent => ({ type: 'text', choice: 0, part: 1, text }))
          const [start, ...rest] = saying({ text: '' })
          const events = eventsIn(upstream, [...(start === undefined ? [] : [start]), ...said, ...rest])
          const at = Math.min(cutAt, events.length - 1)
          const cut = { name: 'any', client, upstream, events, at, kind, target, whole, ownFlaws: NO_FLAWS }
          const result = await play(cut)
          for (const seam of result.evidence.seams ?? [])
            kinds.set(`${seam.kind} ${seam.outcome}`, (kinds.get(`${seam.kind} ${seam.outcome}`) ?? 0) + 1)
          expect(problemsOf(cut, result)).toEqual([])
        },
      ),
      { numRuns: 1_500 },
    )
    for (const name of ['prefill joined', 'regenerate joined', 'regenerate diverged', 'prefill failed'])
      expect([name, (kinds.get(name) ?? 0) > 20]).toEqual([name, true])
  },
  TIMEOUT_MS,
)

const streams = distinct(recordedStreams()).filter((stream) => !isRecordedFailure(stream) && !isSentinelOnly(stream))

function recorded(stream: RecordedStream, client: ProtocolName): Omit<Cut, 'at' | 'kind' | 'target'> {
  const { text, calls } = readRecording(stream.protocol, stream.bytes)
  return {
    name: stream.name,
    client,
    upstream: stream.protocol,
    events: splitEvents(stream.bytes),
    whole: {
      text,
      calls: calls.map(({ id, name, arguments: input }) => ({
        id: id === '' ? 'call_x' : id,
        name,
        input: JSON.stringify(input),
      })),
    },
    ownFlaws:
      client === stream.protocol
        ? new Set(flaws(client, stream.bytes.subarray(0, proofEnd(stream))).map(kindOf))
        : NO_FLAWS,
  }
}

describe.skipIf(streams.length === 0)('recorded answers', () => {
  test.each(PROTOCOLS)(
    'of %s, cut at their events, for each client',
    async (upstream) => {
      const cuts = streams
        .filter(({ protocol }) => protocol === upstream)
        .flatMap((stream) => PROTOCOLS.flatMap((client) => cutsOf(recorded(stream, client), 24)))
      const { problems, seams } = await tally(cuts)
      expect(problems.slice(0, 20)).toEqual([])
      for (const name of ['prefill joined', 'regenerate joined', 'regenerate diverged', 'prefill failed'])
        expect([name, (seams.get(name) ?? 0) > 10]).toEqual([name, true])
    },
    TIMEOUT_MS,
  )
})

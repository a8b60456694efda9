import type { JsonObject } from '../../src/protocols/core/index.ts'

/** What the scripted model is asked to do. */
export type Scenario =
  | 'text'
  | 'tool'
  | 'parallel'
  | 'custom'
  | 'empty-arguments'
  | 'limited-text'
  | 'limited-call'
  | 'swell'
  | 'flood'

/** Two answers that share no sentence, so that a leak of the first into the second is seen. */
export type Telling = 'first' | 'second'

/** A tool call as the model writes it, piece by piece. */
export interface ScriptedCall {
  readonly id: string
  readonly name: string
  readonly kind: 'json' | 'custom'
  readonly pieces: readonly string[]
  /** A limit stopped the model inside the input. */
  readonly isCut?: boolean
}

/** A whole answer, before any protocol. */
export interface Answer {
  readonly text: readonly string[]
  readonly calls: readonly ScriptedCall[]
  readonly stop: 'end' | 'tools' | 'limit'
}

/** What a client has to have in the end. */
export interface Content {
  readonly text: string
  readonly toolCalls: readonly { readonly name: string; readonly input: unknown }[]
}

const TIDE: ScriptedCall = {
  id: 'call_tide_1',
  name: 'get_tide',
  kind: 'json',
  pieces: ['{"harb', 'our": "Åle', 'sund", "day', 's": [1, {"half"', ': tr', 'ue}]}'],
}
const WIND: ScriptedCall = {
  id: 'call_wind_1',
  name: 'get_wind',
  kind: 'json',
  pieces: ['{"at": "mol', 'e \\"3\\"", "kno', 'ts": 1', '2}'],
}
const QUERY: ScriptedCall = {
  id: 'call_query_1',
  name: 'run_query',
  kind: 'custom',
  pieces: ['SELECT harbour', ' FROM "tides', '" WHERE {day', ' = 3 -- not JSON'],
}

/** More than all buffers on the way hold; a fifth of it waits in them together with what follows. */
const FLOOD = Array.from({ length: 120 }, (_, number) => `${number}${'~ebb and flow'.repeat(4_000)}`)

const FIRST: Readonly<Record<Scenario, Answer>> = {
  text: {
    text: ['The tide ', 'turns at noon', ' — pack light', ', mind the gulls 🌊', ' and ring me.'],
    calls: [],
    stop: 'end',
  },
  tool: { text: ['Let me look ', 'that up. '], calls: [TIDE], stop: 'tools' },
  parallel: { text: [], calls: [TIDE, WIND], stop: 'tools' },
  custom: { text: [], calls: [QUERY], stop: 'tools' },
  'empty-arguments': { text: [], calls: [{ ...WIND, pieces: [] }], stop: 'tools' },
  'limited-text': { text: ['The tide ', 'turns at'], calls: [], stop: 'limit' },
  'limited-call': {
    text: ['Let me look ', 'that up. '],
    calls: [{ ...TIDE, pieces: TIDE.pieces.slice(0, 3), isCut: true }],
    stop: 'limit',
  },
  swell: { text: FLOOD.slice(0, 24), calls: [], stop: 'end' },
  flood: { text: FLOOD, calls: [], stop: 'end' },
}

const SECOND: Readonly<Record<Scenario, Answer>> = {
  ...FIRST,
  text: { text: ['Zwölf Uhr: ', 'Ebbe. ', 'Nimm Stiefel mit', ' und sag Bescheid', ' 🥾'], calls: [], stop: 'end' },
  tool: { text: ['Einen Moment', ' bitte. '], calls: [{ ...WIND, id: 'call_wind_2' }], stop: 'tools' },
  parallel: {
    text: [],
    calls: [
      { ...WIND, id: 'call_wind_2' },
      { ...TIDE, id: 'call_tide_2' },
    ],
    stop: 'tools',
  },
  custom: { text: [], calls: [{ ...QUERY, id: 'call_query_2', pieces: ['VACUUM', ' tides', ' }'] }], stop: 'tools' },
}

export function answerOf(scenario: Scenario, telling: Telling): Answer {
  return (telling === 'first' ? FIRST : SECOND)[scenario]
}

/** All text, and every call whose input is whole; an empty JSON input means `{}`. */
export function contentOf({ text, calls }: Answer): Content {
  const toolCalls = calls
    .filter(({ isCut }) => isCut !== true)
    .map(({ name, ...call }) => ({ name, input: inputOf(call) }))
  return { text: text.join(''), toolCalls }
}

function inputOf({ kind, pieces }: Pick<ScriptedCall, 'kind' | 'pieces'>): unknown {
  const text = pieces.join('')
  if (kind === 'custom') return text
  return JSON.parse(text === '' ? '{}' : text) as unknown
}

/** The names and schemas that a request declares for a scenario; `undefined` where it has no tools. */
export function toolsOf(scenario: Scenario): readonly { name: string; kind: 'json' | 'custom'; schema: JsonObject }[] {
  if (FIRST[scenario].calls.length === 0) return []
  if (scenario === 'custom') return [{ name: QUERY.name, kind: 'custom', schema: {} }]
  const schema = { type: 'object', properties: {} }
  return [TIDE, WIND].map(({ name }) => ({ name, kind: 'json', schema }))
}

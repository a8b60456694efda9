import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { type Answer, answerOf, type Scenario, type Telling } from './answers.ts'

/** How a scripted answer goes wrong. */
export type Fault =
  | 'none'
  /** Clean end of the body in the middle. */
  | 'eof'
  /** Everything but the protocol's terminal marker, then a clean end. */
  | 'noterm'
  /** The terminal marker, but no stop reason before it. */
  | 'nostop'
  /** Clean end of the body inside an event. */
  | 'midjson'
  /** TCP FIN without the last chunk. */
  | 'fin'
  /** TCP RST. */
  | 'rst'
  /** The protocol's own error event, then a clean end. */
  | 'err'
  /** Silence, with the connection open. */
  | 'stall'
  /** One event that is not JSON; the rest as it should be. */
  | 'malformed'
  /** Tool arguments that are not JSON, ended as if they were. */
  | 'bad-arguments'
  /** A web page with status 200. */
  | 'wrong-type'
  /** No response at all, with the connection open. */
  | 'silent'

/** Where: before any content, in the midst of it (inside a tool's input where there is one), behind all of it. */
export type Position = 'start' | 'mid' | 'late'

/** When: at once, or the first content only after `SLOW_MS`. */
export type Pace = 'prompt' | 'slow'

/** What the upstream is to play. It travels as the model's name. */
export interface Script {
  readonly scenario: Scenario
  readonly telling: Telling
  readonly fault: Fault
  readonly position: Position
  readonly pace: Pace
}

export const SLOW_MS = 240

export const FAULTS: readonly Fault[] = [
  'eof',
  'noterm',
  'nostop',
  'midjson',
  'fin',
  'rst',
  'err',
  'stall',
  'malformed',
  'bad-arguments',
  'wrong-type',
]

const PLACED: ReadonlySet<Fault> = new Set(['eof', 'midjson', 'fin', 'rst', 'err', 'stall', 'malformed'])
const POSITIONS: readonly Position[] = ['start', 'mid', 'late']

/** What concerns how a script is asked for. */
export interface Asked {
  readonly provider: ProtocolName
  readonly streamed: boolean
}

/** Every way in which this fault can befall this scenario. */
export function scriptsFor(scenario: Scenario, fault: Fault, { provider, streamed }: Asked): readonly Script[] {
  const hasArguments = answerOf(scenario, 'first').calls.some(({ kind }) => kind === 'json')
  if (fault === 'bad-arguments' && !hasArguments) return []
  // Their terminal marker and their stop reason are one.
  if (fault === 'nostop' && streamed && (provider === 'openai-responses' || provider === 'gemini')) return []
  const positions = streamed && PLACED.has(fault) ? POSITIONS : ['mid' as const]
  return positions.map((position) => ({ scenario, telling: 'first', fault, position, pace: 'prompt' }))
}

export function whole(scenario: Scenario, telling: Telling = 'first'): Script {
  return { scenario, telling, fault: 'none', position: 'mid', pace: 'prompt' }
}

export function toModel({ scenario, telling, fault, position, pace }: Script): string {
  return [scenario, telling, fault, position, pace].join('.')
}

/** `undefined` for a name that is not a script's. */
export function fromModel(model: string): Script | undefined {
  const [scenario, telling, fault, position, pace] = model.split('.') as [Scenario?, Telling?, Fault?, Position?, Pace?]
  if (scenario === undefined || telling === undefined || fault === undefined) return undefined
  return { scenario, telling, fault, position: position ?? 'mid', pace: pace ?? 'prompt' }
}

/** What the model of this script says, spoilt arguments included. */
export function answerFor({ scenario, telling, fault }: Script): Answer {
  const answer = answerOf(scenario, telling)
  if (fault !== 'bad-arguments') return answer
  return { ...answer, calls: answer.calls.map((call) => ({ ...call, pieces: [...call.pieces.slice(0, -1), ' ]'] })) }
}

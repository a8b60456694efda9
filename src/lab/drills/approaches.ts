import type { Asked } from './ask.ts'
import { backoffMs } from './habits.ts'
import type { Client, Habit, Target } from './habits.ts'
import { TOOL_FIELDS } from './requests.ts'
import type { DrillQuestion } from './requests.ts'
import type { DrillDelivery } from './drill.ts'

/** A way of dealing with a provider that fails, as people build it. */
export interface Approach {
  readonly name: string
  readonly label: string
  readonly habit: Habit
  /** Through Fullstop, delivered so; otherwise straight at the platforms. */
  readonly delivery?: DrillDelivery
}

const PRIMARY: Target = { platform: 'trainium' }
/** Another provider's model, in that provider's protocol. */
const FALLBACKS: readonly Target[] = [
  { platform: 'gpu', model: 'sim-gpt' },
  { platform: 'tpu', model: 'sim-gpt' },
]
const RETRIES = 2

const naive: Habit = {
  description: 'One call to the primary platform.',
  play: async (question, client) => [await client.ask(question, PRIMARY)],
}

const retry: Habit = {
  description:
    'Up to 3 calls to the primary platform, after any error 0.5 and 1 s later less up to a quarter by chance.',
  play: async (question, client) => {
    const asks = [await client.ask(question, PRIMARY)]
    for (let tries = 0; tries < RETRIES && asks.at(-1)?.outcome === 'errors'; tries += 1) {
      await client.sleep(backoffMs(tries, client.random))
      asks.push(await client.ask(question, PRIMARY))
    }
    return asks
  },
}

const router: Habit = {
  description:
    'The primary platform, and after any error, also amid a stream, another provider’s model on the second and then the third. ' +
    'What ended without an error counts.',
  play: (question, client) => inTurn(question, client, (asked) => asked),
}

const node: Habit = {
  description:
    'The same, with each answer read to its end before anybody sees it: the stop reason has to be a proper one and a call’s ' +
    'arguments have to parse and have every field, else the next is asked.',
  play: (question, client) => inTurn(question, client, (asked) => validated(asked, question)),
}

const throughFullstop = (delivery: string): Habit => ({
  description: `One call to Fullstop, profile “customer”; its clients do not retry. ${delivery}`,
  play: async (question, client) => [await client.ask(question)],
})

const guarded = throughFullstop(
  'Text flows from its first sentence on; what breaks off behind it goes on where that is proven to fit, else ends in an honest error.',
)
const held = throughFullstop('Nothing is shown before the answer is proven whole.')

/** The five approaches of the comparison; Fullstop once for each of its two safe deliveries. */
export const approaches: readonly Approach[] = [
  { name: 'naive', label: 'Naive call', habit: naive },
  { name: 'retry', label: 'Retry with backoff', habit: retry },
  { name: 'router', label: 'Router with fallback', habit: router },
  { name: 'node', label: 'Fallback node with validation', habit: node },
  { name: 'fullstop-guarded', label: 'Fullstop, guarded', habit: guarded, delivery: 'guarded' },
  { name: 'fullstop-hold', label: 'Fullstop, hold', habit: held, delivery: 'hold' },
]

async function inTurn(
  question: DrillQuestion,
  client: Client,
  judge: (asked: Asked) => Asked,
): Promise<readonly Asked[]> {
  const asks = [judge(await client.ask(question, PRIMARY))]
  for (const target of FALLBACKS) {
    if (asks.at(-1)?.outcome !== 'errors') break
    asks.push(judge(await client.ask({ ...question, protocol: 'openai-chat' }, target)))
  }
  return asks
}

const PROPER_STOPS: ReadonlySet<string | undefined> = new Set(['end_turn', 'stop', 'tool_use', 'tool_calls'])

/** What a client that validates makes of it: shown at its end, and an error where it does not pass. */
function validated(asked: Asked, { usesTool }: DrillQuestion): Asked {
  const passes = PROPER_STOPS.has(asked.stopReason) && (!usesTool || hasFields(asked.toolArguments))
  const shownAtMs = asked.firstContentAtMs === undefined ? undefined : asked.endedAtMs
  return { ...asked, firstContentAtMs: shownAtMs, outcome: passes ? asked.outcome : 'errors' }
}

function hasFields(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && TOOL_FIELDS.every((field) => field in value)
  } catch {
    return false
  }
}

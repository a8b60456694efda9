import type { Random } from '../random.ts'
import type { Asked } from './ask.ts'
import type { DrillQuestion } from './requests.ts'

/** What a client of a drill can do. */
export interface Client {
  /** Asks where the client is pointed to, or at one platform, perhaps another model. */
  readonly ask: (question: DrillQuestion, target?: Target) => Promise<Asked>
  readonly sleep: (durationMs: number) => Promise<void>
  readonly nowMs: () => number
  readonly random: Random
}

export interface Target {
  readonly platform: string
  readonly model?: string
}

/** How a client goes about getting one answer. */
export interface Habit {
  /** In words, for tables and reports. */
  readonly description: string
  /** Every request it made, in order; at least one. The last is what its user has. Never rejects. */
  readonly play: (question: DrillQuestion, client: Client) => Promise<readonly Asked[]>
}

const SECOND_THOUGHT_MS = 2_000

/** No retries of its own; whoever sees an error asks once more. Both counts are kept. */
export const asksOnceMore: Habit = {
  description: 'They do not retry; the user who sees an error asks once more, 2 s later, which is counted apart.',
  play: async (question, client) => {
    const first = await client.ask(question)
    if (first.outcome !== 'errors') return [first]
    await client.sleep(SECOND_THOUGHT_MS)
    return [first, await client.ask(question)]
  },
}

const NAIVE_RETRIES = 3
const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 8_000

/** Waits before retry number `retry` (from 0): exponential from 0.5 s to 8 s, less up to a quarter by chance, as OpenAI's and Anthropic's SDKs. */
export function backoffMs(retry: number, random: Random): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retry) * (1 - 0.25 * random.next())
}

/** Retries whatever failed, and heeds neither `retry-after` nor `x-should-retry`. */
export const retriesWhatever: Habit = {
  description:
    'They retry up to 3 times after any error, 0.5, 1 and 2 s later less up to a quarter by chance, whatever the answer says ' +
    'about retrying.',
  play: async (question, client) => {
    const asks = [await client.ask(question)]
    for (let retry = 0; retry < NAIVE_RETRIES && asks.at(-1)?.outcome === 'errors'; retry += 1) {
      await client.sleep(backoffMs(retry, client.random))
      asks.push(await client.ask(question))
    }
    return asks
  },
}

const AGENT_TRIES = 100
const AGENT_PATIENCE_MS = 45_000
const AGENT_PAUSE_MS = 250
/** From this try on an agent of the second kind asks for an answer that is not streamed. */
const FALLBACK_TRY = 3

/**
 * A loop of an agent: it sends the same request again until an answer says why it ended, up to 100 times in 45 s. Every second
 * agent asks for an answer that is not streamed from its third try on.
 */
export const agentLoop: Habit = {
  description:
    'Agents that send the same request again, 0.25 s after each failure, until an answer says that it is finished: up to ' +
    '100 times in 45 s. Half of them ask for an answer that is not streamed from the third try on.',
  play: async (question, client) => {
    const fallsBack = client.random.next() < 0.5
    const startedAtMs = client.nowMs()
    const asks: Asked[] = []
    for (let tries = 1; tries <= AGENT_TRIES; tries += 1) {
      const asked = await client.ask(fallsBack && tries >= FALLBACK_TRY ? { ...question, stream: false } : question)
      asks.push(asked)
      if (asked.outcome !== 'errors' && asked.stopReason !== undefined) break
      if (client.nowMs() - startedAtMs + AGENT_PAUSE_MS >= AGENT_PATIENCE_MS) break
      await client.sleep(AGENT_PAUSE_MS)
    }
    return asks
  },
}

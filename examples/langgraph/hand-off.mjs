// Two agents, and a validated hand-off between them: the second one acts only on an object that came from a complete
// answer and matches its schema. Anything else stops the graph before somebody acts on half a thought.
// npm install (in examples/), then: node langgraph/hand-off.mjs
import { ChatAnthropic } from '@langchain/anthropic'
import { END, START, StateGraph } from '@langchain/langgraph'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

const url = process.env.FULLSTOP_URL ?? 'http://127.0.0.1:8787'
const shared = { apiKey: process.env.FULLSTOP_KEY ?? 'unused', maxRetries: 0 }
const triage = new ChatOpenAI({ ...shared, model: 'sim-gpt', configuration: { baseURL: `${url}/v1` } })
const writer = new ChatAnthropic({ ...shared, model: 'sim-sonnet', anthropicApiUrl: url })

const HandOff = z.object({
  ticket_id: z.string(),
  action: z.enum(['reply', 'refund', 'escalate']),
  reason: z.string().min(1),
})
const State = z.object({
  ticket: z.string(),
  handOff: z.unknown().optional(),
  letter: z.string().optional(),
  problem: z.string().optional(),
})

async function decide({ ticket }) {
  const { raw } = await triage
    .withStructuredOutput(HandOff, { name: 'hand_off', method: 'jsonSchema', includeRaw: true })
    .invoke(`Decide what happens with this ticket: ${ticket}`)
  // A limit also ends an answer properly, and its JSON may even parse: only `stop` means that the agent was done.
  const { finish_reason: stop } = raw.response_metadata
  return stop === 'stop' ? { handOff: JSON.parse(raw.text) } : { problem: `the first agent stopped with ${stop}` }
}

/** The border between the agents. */
function accept({ handOff, problem }) {
  if (problem !== undefined) return {}
  const checked = HandOff.safeParse(handOff)
  return checked.success ? { handOff: checked.data } : { problem: z.prettifyError(checked.error) }
}

async function act({ handOff }) {
  const answer = await writer.invoke(`Write to the customer: ${JSON.stringify(handOff)}`)
  const { stop_reason: stop } = answer.response_metadata
  return stop === 'end_turn' ? { letter: answer.text } : { problem: `the second agent stopped with ${stop}` }
}

const graph = new StateGraph(State)
  .addNode('decide', decide)
  .addNode('accept', accept)
  .addNode('act', act)
  .addEdge(START, 'decide')
  .addEdge('decide', 'accept')
  .addConditionalEdges('accept', ({ problem }) => (problem === undefined ? 'act' : END))
  .addEdge('act', END)
  .compile()

try {
  const { handOff, letter, problem } = await graph.invoke({ ticket: '4471, "Where is my order?"' })
  if (letter === undefined) throw new Error(problem)
  console.log('Handed over:', handOff)
  console.log(`Complete. ${letter}`)
} catch (error) {
  console.error(`Nothing was done: ${error.message}`)
  process.exitCode = 1
}

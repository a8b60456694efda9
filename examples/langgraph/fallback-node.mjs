// A graph with a conditional edge to a fallback node, and a validation between them.
//
// Fullstop already does the falling back that needs no knowledge of the application: to other platforms, to other
// models, whenever an answer is not proven complete. What is left for a node of the graph is what only the application
// can judge: here, whether a complete answer has all the fields that a ticket needs.
// npm install (in examples/), then: node langgraph/fallback-node.mjs
import { ChatAnthropic } from '@langchain/anthropic'
import { END, START, StateGraph } from '@langchain/langgraph'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

const url = process.env.FULLSTOP_URL ?? 'http://127.0.0.1:8787'
const shared = { apiKey: process.env.FULLSTOP_KEY ?? 'unused', maxRetries: 0 }
const primary = new ChatAnthropic({ ...shared, model: 'sim-sonnet', anthropicApiUrl: url })
const fallback = new ChatOpenAI({ ...shared, model: 'sim-gpt-mini', configuration: { baseURL: `${url}/v1` } })

const Reply = z.object({ ticket_id: z.string(), sentiment: z.enum(['calm', 'frustrated']), reply: z.string().min(1) })
const State = z.object({
  request: z.string(),
  reply: Reply.optional(),
  writtenBy: z.string().optional(),
  problems: z.array(z.string()).default([]),
})

/** A node that asks `model` for a reply and says what is wrong instead of throwing: the edge decides what follows. */
const ask = (model, name) => async (state) => {
  try {
    const { raw, parsed } = await model
      .withStructuredOutput(Reply, { name: 'reply', includeRaw: true })
      .invoke(state.request)
    // `raw` is proven to be all that the model said. Whether that is a reply is another question.
    if (parsed === null) throw new Error(`not a reply: ${raw.text}`)
    return { reply: Reply.parse(parsed), writtenBy: name }
  } catch (error) {
    return { problems: [...state.problems, `${name}: ${error.message}`] }
  }
}

const graph = new StateGraph(State)
  .addNode('primary', ask(primary, 'primary'))
  .addNode('fallback', ask(fallback, 'fallback'))
  .addEdge(START, 'primary')
  .addConditionalEdges('primary', ({ reply }) => (reply === undefined ? 'fallback' : END))
  .addEdge('fallback', END)
  .compile()

const { reply, writtenBy, problems } = await graph.invoke({ request: 'Reply to ticket 4471: "Where is my order?"' })
for (const problem of problems) console.error(problem)
if (reply === undefined) {
  console.error('No complete reply from either node.')
  process.exitCode = 1
} else {
  console.log(`Complete, from the ${writtenBy} node:`, reply)
}

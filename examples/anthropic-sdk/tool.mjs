// A streamed conversation with a tool, with Anthropic's SDK. A tool call arrives whole or not at all.
// npm install (in examples/), then: node anthropic-sdk/tool.mjs
import Anthropic from '@anthropic-ai/sdk'

const url = process.env.FULLSTOP_URL ?? 'http://127.0.0.1:8787'
const anthropic = new Anthropic({ baseURL: url, apiKey: process.env.FULLSTOP_KEY ?? 'unused', maxRetries: 0 })

const tools = [
  {
    name: 'find_order',
    description: 'Where an order of the shop is.',
    input_schema: {
      type: 'object',
      properties: { order: { type: 'integer', minimum: 1000, maximum: 9999 } },
      required: ['order'],
    },
  },
]
const findOrder = ({ order }) => `Order ${order} left the warehouse this morning.`

const messages = [{ role: 'user', content: 'Where is my order 4471?' }]

try {
  for (;;) {
    const stream = anthropic.messages.stream({
      model: process.env.MODEL ?? 'sim-sonnet',
      max_tokens: 1000,
      messages,
      tools,
    })
    stream.on('text', (text) => process.stdout.write(text))
    const { content, stop_reason: stopReason } = await stream.finalMessage()
    if (stopReason === 'end_turn') break
    // max_tokens and refusal are whole messages, but not an answer.
    if (stopReason !== 'tool_use') throw new Error(`the model stopped with ${stopReason}`)

    const calls = content.filter((block) => block.type === 'tool_use')
    for (const { name, input } of calls) console.log(`\n[${name} ${JSON.stringify(input)}]`)
    messages.push({ role: 'assistant', content })
    messages.push({
      role: 'user',
      content: calls.map(({ id, input }) => ({ type: 'tool_result', tool_use_id: id, content: findOrder(input) })),
    })
  }
  console.log('\n\nComplete.')
} catch (error) {
  console.error(`\n\nNo complete answer: ${error.message}`)
  process.exitCode = 1
}

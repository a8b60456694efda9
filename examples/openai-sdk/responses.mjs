// The Responses API, streamed, with OpenAI's SDK.
// npm install (in examples/), then: node openai-sdk/responses.mjs
import OpenAI from 'openai'

const url = process.env.FULLSTOP_URL ?? 'http://127.0.0.1:8787'
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: process.env.FULLSTOP_KEY ?? 'unused', maxRetries: 0 })

try {
  const stream = openai.responses.stream({
    model: process.env.MODEL ?? 'sim-gpt-pro',
    instructions: 'You answer customers of a web shop.',
    input: 'Where is my order?',
    // With nothing stored at a provider, another one can go on with the conversation.
    store: false,
  })
  stream.on('response.output_text.delta', ({ delta }) => process.stdout.write(delta))
  const { status, incomplete_details: details } = await stream.finalResponse()
  if (status !== 'completed') throw new Error(`the response is ${status}: ${details?.reason}`)
  console.log('\n\nComplete.')
} catch (error) {
  console.error(`\n\nNo complete answer: ${error.message}`)
  process.exitCode = 1
}

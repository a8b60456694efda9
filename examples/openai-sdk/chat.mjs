// Chat Completions, streamed, with OpenAI's SDK. A stream that breaks off throws instead of ending.
// npm install (in examples/), then: node openai-sdk/chat.mjs
import OpenAI from 'openai'

const url = process.env.FULLSTOP_URL ?? 'http://127.0.0.1:8787'
const openai = new OpenAI({
  baseURL: `${url}/v1`,
  apiKey: process.env.FULLSTOP_KEY ?? 'unused',
  // Fullstop has already asked every platform it may: an SDK that asks again only adds to an outage.
  maxRetries: 0,
})

try {
  const stream = await openai.chat.completions.create({
    model: process.env.MODEL ?? 'sim-gpt',
    messages: [{ role: 'user', content: 'Where is my order?' }],
    stream: true,
  })
  let finishReason
  for await (const { choices } of stream) {
    process.stdout.write(choices[0]?.delta.content ?? '')
    finishReason = choices[0]?.finish_reason ?? finishReason
  }
  // Complete as a message, but the model may have been stopped by a limit: that is for the application to look at.
  if (finishReason !== 'stop') throw new Error(`the model stopped with ${finishReason}`)
  console.log('\n\nComplete.')
} catch (error) {
  console.error(`\n\nNo complete answer: ${error.message}`)
  process.exitCode = 1
}

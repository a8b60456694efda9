// streamText with a tool, with the Vercel AI SDK, and how to see that an answer is incomplete: `streamText` does not
// throw. What went wrong comes to `onError`, and `finishReason` says how the last step ended.
// npm install (in examples/), then: node vercel-ai-sdk/tool.mjs
import { createAnthropic } from '@ai-sdk/anthropic'
import { isStepCount, streamText, tool } from 'ai'
import { z } from 'zod'

const url = process.env.FULLSTOP_URL ?? 'http://127.0.0.1:8787'
// With `/v1`, unlike Anthropic's own SDK. Any other provider package works as well.
const fullstop = createAnthropic({ baseURL: `${url}/v1`, apiKey: process.env.FULLSTOP_KEY ?? 'unused' })

const findOrder = tool({
  description: 'Where an order of the shop is.',
  inputSchema: z.object({ order: z.int().min(1000).max(9999) }),
  execute: ({ order }) => {
    console.log(`\n[findOrder ${order}]`)
    return `Order ${order} left the warehouse this morning.`
  },
})

let failure
const answer = streamText({
  model: fullstop(process.env.MODEL ?? 'sim-sonnet'),
  prompt: 'Where is my order 4471?',
  maxOutputTokens: 1000,
  tools: { findOrder },
  stopWhen: isStepCount(5),
  maxRetries: 0,
  // Without it the SDK writes the error to the console, and the loop below ends as if all were well.
  onError: ({ error }) => {
    failure = error
  },
})

try {
  for await (const text of answer.textStream) process.stdout.write(text)
  if (failure !== undefined) throw failure
  const finishReason = await answer.finishReason
  if (finishReason !== 'stop') throw new Error(`it ended with ${finishReason}`)
  console.log('\n\nComplete.')
} catch (error) {
  console.error(`\n\nNo complete answer: ${error.message}`)
  process.exitCode = 1
}

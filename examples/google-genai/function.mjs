// A streamed chat with a function, with Google's SDK. By itself this SDK takes a stream that breaks off for a short answer.
// npm install (in examples/), then: node google-genai/function.mjs
import { GoogleGenAI } from '@google/genai'

const url = process.env.FULLSTOP_URL ?? 'http://127.0.0.1:8787'
const google = new GoogleGenAI({ apiKey: process.env.FULLSTOP_KEY ?? 'unused', httpOptions: { baseUrl: url } })

const findOrder = ({ order }) => `Order ${order} left the warehouse this morning.`
const chat = google.chats.create({
  model: process.env.MODEL ?? 'sim-gemini',
  config: {
    tools: [
      {
        functionDeclarations: [
          {
            name: 'find_order',
            description: 'Where an order of the shop is.',
            parametersJsonSchema: {
              type: 'object',
              properties: { order: { type: 'integer', minimum: 1000, maximum: 9999 } },
              required: ['order'],
            },
          },
        ],
      },
    ],
  },
})

try {
  let message = 'Where is my order 4471?'
  for (;;) {
    const calls = []
    let finishReason
    for await (const chunk of await chat.sendMessageStream({ message })) {
      for (const { text, thought } of chunk.candidates?.[0]?.content?.parts ?? [])
        if (text !== undefined && thought !== true) process.stdout.write(text)
      calls.push(...(chunk.functionCalls ?? []))
      finishReason = chunk.candidates?.[0]?.finishReason ?? finishReason
    }
    if (finishReason !== 'STOP') throw new Error(`the model stopped with ${finishReason}`)
    if (calls.length === 0) break
    message = calls.map(({ id, name, args }) => {
      console.log(`\n[${name} ${JSON.stringify(args)}]`)
      return { functionResponse: { id, name, response: { output: findOrder(args) } } }
    })
  }
  console.log('\n\nComplete.')
} catch (error) {
  console.error(`\n\nNo complete answer: ${error.message}`)
  process.exitCode = 1
}

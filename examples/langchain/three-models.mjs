// LangChain's three chat models through one gateway, each in its own protocol, streamed.
// npm install (in examples/), then: node langchain/three-models.mjs
import { ChatAnthropic } from '@langchain/anthropic'
import { concat } from '@langchain/core/utils/stream'
import { ChatGoogleGenerativeAI } from '@langchain/google-genai'
import { ChatOpenAI } from '@langchain/openai'

const url = process.env.FULLSTOP_URL ?? 'http://127.0.0.1:8787'
// LangChain asks again on its own, up to six times. Fullstop has already asked every platform it may.
const shared = { apiKey: process.env.FULLSTOP_KEY ?? 'unused', maxRetries: 0 }

const models = [
  new ChatOpenAI({ ...shared, model: 'sim-gpt', configuration: { baseURL: `${url}/v1` } }),
  new ChatAnthropic({ ...shared, model: 'sim-sonnet', anthropicApiUrl: url }),
  new ChatGoogleGenerativeAI({ ...shared, model: 'sim-gemini', baseUrl: url }),
]

for (const model of models) {
  try {
    let answer
    for await (const chunk of await model.stream('Where is my order?'))
      answer = answer === undefined ? chunk : concat(answer, chunk)
    // Each names it in its own protocol's way, and Anthropic's, streamed, puts it elsewhere.
    const { finish_reason: ofOpenAi, finishReason: ofGoogle } = answer.response_metadata
    const stop = ofOpenAi ?? ofGoogle ?? answer.additional_kwargs.stop_reason
    if (!['stop', 'end_turn', 'STOP'].includes(stop)) throw new Error(`the model stopped with ${stop}`)
    console.log(`${model.getName()}: ${answer.text}\n`)
  } catch (error) {
    console.error(`${model.getName()}: no complete answer: ${error.message}\n`)
    process.exitCode = 1
  }
}

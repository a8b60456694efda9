import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { plainRequest, type ExpectedAnswer } from './translated-answer.ts'

// What the official clients have in their hands at the end of a stream, in the shape of what they should have.

/** Reads a streamed answer with the helper of `@anthropic-ai/sdk`. */
async function askAnthropicSdk(url: string, model: string): Promise<ExpectedAnswer> {
  const client = new Anthropic({ apiKey: 'key', baseURL: url, maxRetries: 0 })
  const request = plainRequest('anthropic', true) as Anthropic.MessageStreamParams
  const message = await client.messages.stream({ ...request, model }).finalMessage()
  const { content, stop_reason: stop, usage } = message
  const cacheRead = usage.cache_read_input_tokens ?? 0
  const cacheWrite = usage.cache_creation_input_tokens ?? 0
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thinking: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    refusal: '',
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
    stop: String(stop),
    usage: {
      input: usage.input_tokens + cacheRead + cacheWrite,
      output: usage.output_tokens,
      cacheRead,
      cacheWrite,
      reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
    },
  }
}

/** Reads a streamed answer with the helper of `openai`, which does not know `reasoning_content`: that is added up here. */
async function askChatSdk(url: string, model: string): Promise<ExpectedAnswer> {
  const client = new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0 })
  const request = plainRequest('openai-chat', true) as OpenAI.ChatCompletionCreateParamsStreaming
  const stream = client.chat.completions.stream({ ...request, model })
  let thinking = ''
  stream.on('chunk', ({ choices }) => {
    const delta: object = choices[0]?.delta ?? {}
    if ('reasoning_content' in delta) thinking += String(delta.reasoning_content)
  })
  const { choices, usage } = await stream.finalChatCompletion()
  const [choice] = choices
  const calls = choice?.message.tool_calls ?? []
  const details: { cached_tokens?: number; cache_write_tokens?: number } = usage?.prompt_tokens_details ?? {}
  return {
    text: choice?.message.content ?? '',
    thinking,
    refusal: choice?.message.refusal ?? '',
    calls: calls.flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) }]
        : [],
    ),
    stop: String(choice?.finish_reason),
    usage: {
      input: usage?.prompt_tokens ?? -1,
      output: usage?.completion_tokens ?? -1,
      cacheRead: details.cached_tokens ?? 0,
      cacheWrite: details.cache_write_tokens ?? 0,
      reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? 0,
    },
  }
}

/** Reads a streamed answer with the helper of `openai` for Responses. */
async function askResponsesSdk(url: string, model: string): Promise<ExpectedAnswer> {
  const client = new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0 })
  const {
    output,
    status,
    incomplete_details: details,
    usage,
  } = await client.responses.stream({ input: 'How is it?', model }).finalResponse()
  const contents = output.flatMap((item) => (item.type === 'message' ? item.content : []))
  return {
    text: contents.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    thinking: output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary.map(({ text }) => text) : []))
      .join(''),
    refusal: contents.map((part) => (part.type === 'refusal' ? part.refusal : '')).join(''),
    calls: output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) }]
        : [],
    ),
    stop: String(details?.reason ?? status),
    usage: {
      input: usage?.input_tokens ?? -1,
      output: usage?.output_tokens ?? -1,
      cacheRead: usage?.input_tokens_details.cached_tokens ?? -1,
      cacheWrite: usage?.input_tokens_details.cache_write_tokens ?? -1,
      reasoning: usage?.output_tokens_details.reasoning_tokens ?? -1,
    },
  }
}

/** The official clients that are at hand, by what they speak. */
export const SDKS: ReadonlyMap<ProtocolName, (url: string, model: string) => Promise<ExpectedAnswer>> = new Map([
  ['anthropic', askAnthropicSdk],
  ['openai-chat', askChatSdk],
  ['openai-responses', askResponsesSdk],
])

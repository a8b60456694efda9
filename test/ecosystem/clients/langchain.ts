import { ChatAnthropic } from '@langchain/anthropic'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import type { AIMessageChunk } from '@langchain/core/messages'
import { concat } from '@langchain/core/utils/stream'
import { ChatGoogleGenerativeAI } from '@langchain/google-genai'
import { ChatOpenAI } from '@langchain/openai'
import { toolsOf } from '../../clients/answers.ts'
import { type Ask, type ClientPath, conclude, type Draft } from '../../clients/client-path.ts'
import { baseUrlOf } from '../../clients/wires.ts'
import type { ModelAt } from './vercel.ts'

const MAX_TOKENS = 4_000
const SHARED = { apiKey: 'k', maxRetries: 0 } as const

/** Each chat model, as its README makes it. */
export const LANGCHAIN_MODELS: readonly {
  readonly name: string
  readonly protocol: ClientPath['protocol']
  readonly modelAt: (at: ModelAt) => BaseChatModel
}[] = [
  {
    name: 'LangChain ChatOpenAI',
    protocol: 'openai-chat',
    modelAt: (at) => openAi(at, false),
  },
  {
    name: 'LangChain ChatOpenAI, Responses',
    protocol: 'openai-responses',
    modelAt: (at) => openAi(at, true),
  },
  {
    name: 'LangChain ChatAnthropic',
    protocol: 'anthropic',
    modelAt: ({ url, model, headers = {} }) =>
      new ChatAnthropic({
        ...SHARED,
        model,
        maxTokens: MAX_TOKENS,
        anthropicApiUrl: url,
        clientOptions: { defaultHeaders: { ...headers }, maxRetries: 0 },
      }),
  },
  {
    name: 'LangChain ChatGoogleGenerativeAI',
    protocol: 'gemini',
    modelAt: ({ url, model, headers = {} }) =>
      new ChatGoogleGenerativeAI({
        ...SHARED,
        model,
        maxOutputTokens: MAX_TOKENS,
        baseUrl: url,
        customHeaders: { ...headers },
      }),
  },
]

function openAi({ url, model, headers = {} }: ModelAt, useResponsesApi: boolean): ChatOpenAI {
  const configuration = { baseURL: baseUrlOf(url, 'openai-chat'), defaultHeaders: { ...headers }, maxRetries: 0 }
  return new ChatOpenAI({ ...SHARED, model, maxTokens: MAX_TOKENS, useResponsesApi, configuration })
}

/** The paths of `stream()`, its chunks joined, and of `invoke()`, over each chat model. */
export const LANGCHAIN_PATHS: readonly ClientPath[] = LANGCHAIN_MODELS.flatMap(({ name, protocol, modelAt }) => [
  {
    name: `${name} \`stream()\``,
    protocol,
    streamed: true,
    ask: (ask: Ask) =>
      conclude(ask, async ({ signal, draft }) => {
        let message: AIMessageChunk | undefined
        for await (const chunk of await withTools(modelAt(ask), ask).stream('When is high tide?', { signal })) {
          message = message === undefined ? chunk : concat(message, chunk)
          read(message, draft)
        }
      }),
  },
  {
    name: `${name} \`invoke()\``,
    protocol,
    streamed: false,
    ask: (ask: Ask) =>
      conclude(ask, async ({ signal, draft }) => {
        read(await withTools(modelAt(ask), ask).invoke('When is high tide?', { signal }), draft)
      }),
  },
])

function withTools(model: BaseChatModel, { scenario }: Ask): ReturnType<NonNullable<BaseChatModel['bindTools']>> {
  const tools = toolsOf(scenario).map(({ name, schema }) => ({
    type: 'function',
    function: { name, description: name, parameters: { ...schema } },
  }))
  if (model.bindTools === undefined) throw new TypeError('the chat model takes no tools')
  return model.bindTools(tools)
}

function read(message: AIMessageChunk, draft: Draft): void {
  draft.text = message.text
  draft.toolCalls = (message.tool_calls ?? []).map(({ name, args }) => ({ name, input: args }))
  const { finish_reason, stop_reason, finishReason } = message.response_metadata as Record<string, string | undefined>
  draft.stop = finish_reason ?? stop_reason ?? finishReason
  // The library parses what there is of arguments and keeps apart what it could not.
  if ((message.invalid_tool_calls ?? []).length > 0) draft.flag = 'invalid_tool_calls'
  else delete draft.flag
}

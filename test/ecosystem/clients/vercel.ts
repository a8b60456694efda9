import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, type LanguageModel, streamText, tool, type ToolSet } from 'ai'
import { toolsOf } from '../../clients/answers.ts'
import { type Ask, type ClientPath, conclude, type Draft } from '../../clients/client-path.ts'
import { baseUrlOf } from '../../clients/wires.ts'

type Protocol = ClientPath['protocol']

/** What the provider packages need to know to make a model. */
export interface ModelAt {
  /** Origin, without the protocol's path. */
  readonly url: string
  readonly model: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Each provider package, as its README makes a model. */
export const VERCEL_MODELS: readonly {
  readonly provider: string
  readonly protocol: Protocol
  readonly modelAt: (at: ModelAt) => LanguageModel
}[] = [
  {
    provider: 'openai-compatible',
    protocol: 'openai-chat',
    modelAt: ({ url, model, headers = {} }) =>
      createOpenAICompatible({
        name: 'fullstop',
        apiKey: 'k',
        baseURL: baseUrlOf(url, 'openai-chat'),
        headers: { ...headers },
        supportsStructuredOutputs: true,
      })(model),
  },
  {
    provider: 'openai',
    protocol: 'openai-responses',
    modelAt: ({ url, model, headers = {} }) =>
      createOpenAI({ apiKey: 'k', baseURL: baseUrlOf(url, 'openai-responses'), headers: { ...headers } })(model),
  },
  {
    provider: 'anthropic',
    protocol: 'anthropic',
    modelAt: ({ url, model, headers = {} }) =>
      createAnthropic({ apiKey: 'k', baseURL: `${url}/v1`, headers: { ...headers } })(model),
  },
  {
    provider: 'google',
    protocol: 'gemini',
    modelAt: ({ url, model, headers = {} }) =>
      createGoogle({ apiKey: 'k', baseURL: `${url}/v1beta`, headers: { ...headers } })(model),
  },
]

/** Finish reasons with which the library says that there is no complete answer. */
const FAILED: ReadonlySet<string> = new Set(['error', 'interrupted', 'other'])

/** The paths of `streamText` (text read from `textStream`) and of `generateText`, over each provider package. */
export const VERCEL_PATHS: readonly ClientPath[] = VERCEL_MODELS.flatMap(({ provider, protocol, modelAt }) => [
  {
    name: `ai \`streamText\`, ${provider}`,
    protocol,
    streamed: true,
    ask: (ask: Ask) =>
      conclude(ask, async ({ signal, draft }) => {
        const errors: unknown[] = []
        const result = streamText({
          ...question(ask, modelAt(ask), signal),
          onError: ({ error }) => void errors.push(error),
        })
        for await (const text of result.textStream) draft.text += text
        readCalls(await result.toolCalls, draft)
        const finishReason = await result.finishReason
        flag(finishReason, errors[0], draft)
      }),
  },
  {
    name: `ai \`generateText\`, ${provider}`,
    protocol,
    streamed: false,
    ask: (ask: Ask) =>
      conclude(ask, async ({ signal, draft }) => {
        const { text, toolCalls, finishReason } = await generateText(question(ask, modelAt(ask), signal))
        draft.text = text
        readCalls(toolCalls, draft)
        flag(finishReason, undefined, draft)
      }),
  },
])

interface Call {
  readonly toolName: string
  readonly input: unknown
  readonly invalid?: boolean | undefined
}

/** A call whose arguments did not parse is marked so by the library, and throws when an application runs it. */
function readCalls(calls: readonly Call[], draft: Draft): void {
  draft.toolCalls = calls.map(({ toolName, input }) => ({ name: toolName, input }))
  if (calls.some(({ invalid }) => invalid === true)) draft.flag = 'invalid tool call'
}

function flag(finishReason: string, error: unknown, draft: Draft): void {
  draft.stop = finishReason
  if (FAILED.has(finishReason)) draft.flag = `finishReason ${finishReason}`
  if (error !== undefined) draft.flag = `onError: ${error instanceof Error ? error.message : JSON.stringify(error)}`
}

function question(
  { scenario }: Ask,
  model: LanguageModel,
  abortSignal: AbortSignal,
): {
  model: LanguageModel
  prompt: string
  maxOutputTokens: number
  maxRetries: number
  abortSignal: AbortSignal
  tools?: ToolSet
} {
  const tools = toolsOf(scenario).map(
    ({ name, schema }) => [name, tool({ inputSchema: jsonSchema({ ...schema }) })] as const,
  )
  const asked = { model, prompt: 'When is high tide?', maxOutputTokens: 100, maxRetries: 0, abortSignal }
  return tools.length === 0 ? asked : { ...asked, tools: Object.fromEntries(tools) }
}

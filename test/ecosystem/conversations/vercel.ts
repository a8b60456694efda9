import {
  generateText,
  isStepCount,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  tool,
  type ToolSet,
} from 'ai'
import { VERCEL_MODELS } from '../clients/vercel.ts'
import { ASKED, type ChatClient, MAX_TOKENS, runTool, type Settings, THINKING_TOKENS, TICKET } from './conversation.ts'

/** The AI SDK over each provider package: it runs the tools itself. */
export const vercel: readonly ChatClient[] = VERCEL_MODELS.map(({ provider, protocol, modelAt }): ChatClient => {
  return {
    name: `ai, ${provider}`,
    protocol,
    converse: (settings) => {
      const messages: ModelMessage[] = []
      return {
        say: async (words) => {
          messages.push({ role: 'user', content: words })
          const answer = await ask(settings, modelAt(settings), messages)
          messages.push(...answer.messages)
          return answer.text
        },
      }
    },
    extract: async (settings, words) => {
      const { output } = await generateText({
        model: modelAt(settings),
        prompt: words,
        maxRetries: 0,
        output: Output.object({ schema: TICKET, name: 'ticket' }),
      })
      return output
    },
  }
})

interface Answered {
  readonly text: string
  readonly messages: readonly ModelMessage[]
}

async function ask(settings: Settings, model: LanguageModel, messages: ModelMessage[]): Promise<Answered> {
  const { streamed, reasoning, signal, onText } = settings
  const options = {
    model,
    messages,
    maxRetries: 0,
    maxOutputTokens: MAX_TOKENS,
    stopWhen: isStepCount(8),
    ...(settings.tools.length > 0 && { tools: toolsOf(settings) }),
    providerOptions: reasoning ? { ...STATELESS, ...THINKING } : STATELESS,
    ...(signal !== undefined && { abortSignal: signal }),
  }
  if (!streamed) {
    const { text, finishReason, responseMessages } = await generateText(options)
    return whole(text, finishReason, responseMessages)
  }
  const errors: unknown[] = []
  const result = streamText({ ...options, onError: ({ error }) => void errors.push(error) })
  for await (const text of result.textStream) onText?.(text)
  if (errors.length > 0) throw errors[0]
  return whole(await result.text, await result.finishReason, await result.responseMessages)
}

/**
 * OpenAI's package would refer to items that OpenAI stores, unless it is told otherwise; a conversation that any
 * provider may go on with has to carry them itself.
 */
const STATELESS = { openai: { store: false, include: ['reasoning.encrypted_content'] } }

const THINKING = {
  anthropic: { thinking: { type: 'enabled', budgetTokens: THINKING_TOKENS } },
  google: { thinkingConfig: { thinkingBudget: -1, includeThoughts: true } },
  openai: { reasoningEffort: 'medium', ...STATELESS.openai },
  fullstop: { reasoningEffort: 'medium' },
}

/** The library throws for no finish reason; an application has to look. */
function whole(text: string, finishReason: string, messages: readonly ModelMessage[]): Answered {
  if (finishReason !== 'stop') throw new Error(`the answer ended with ${finishReason}`)
  return { text, messages }
}

function toolsOf(settings: Settings): ToolSet {
  return Object.fromEntries(
    settings.tools.map(({ name, description }) => [
      name,
      tool({ description, inputSchema: ASKED, execute: (input) => runTool(settings, name, input) }),
    ]),
  )
}

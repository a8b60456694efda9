import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { type AIMessageChunk, type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages'
import { type StructuredToolInterface, tool } from '@langchain/core/tools'
import { concat } from '@langchain/core/utils/stream'
import { LANGCHAIN_MODELS } from '../clients/langchain.ts'
import { ASKED, type ChatClient, runTool, type Settings, TICKET } from './conversation.ts'

/** The chat models by themselves: the application runs the tools. */
export const langchain: readonly ChatClient[] = LANGCHAIN_MODELS.map(({ name, protocol, modelAt }): ChatClient => {
  return {
    name,
    protocol,
    converse: (settings) => {
      const history: BaseMessage[] = []
      return {
        say: async (words) => {
          history.push(new HumanMessage(words))
          for (;;) {
            const message = await next(settings, modelAt(settings), history)
            history.push(message)
            const calls = message.tool_calls ?? []
            if (calls.length === 0) return message.text
            for (const { id = '', name, args } of calls)
              history.push(new ToolMessage({ tool_call_id: id, name, content: runTool(settings, name, args) }))
          }
        },
      }
    },
    extract: (settings, words) => modelAt(settings).withStructuredOutput(TICKET, { name: 'ticket' }).invoke(words),
  }
})

async function next(settings: Settings, model: BaseChatModel, history: BaseMessage[]): Promise<AIMessageChunk> {
  const { streamed, signal, onText, tools } = settings
  if (model.bindTools === undefined) throw new TypeError('the chat model takes no tools')
  const bound = tools.length === 0 ? model : model.bindTools(toLangchainTools(settings))
  if (!streamed) return bound.invoke(history, { signal })
  let message: AIMessageChunk | undefined
  for await (const chunk of await bound.stream(history, { signal })) {
    onText?.(chunk.text)
    message = message === undefined ? chunk : concat(message, chunk)
  }
  if (message === undefined) throw new TypeError('the stream was empty')
  return message
}

export function toLangchainTools(settings: Settings): StructuredToolInterface[] {
  return settings.tools.map(({ name, description }) =>
    tool((input) => runTool(settings, name, input), { name, description, schema: ASKED }),
  )
}

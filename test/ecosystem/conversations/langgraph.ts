import { type BaseMessage, HumanMessage } from '@langchain/core/messages'
import { createReactAgent } from '@langchain/langgraph/prebuilt'
import { LANGCHAIN_MODELS } from '../clients/langchain.ts'
import type { ChatClient } from './conversation.ts'
import { toLangchainTools } from './langchain.ts'

/** LangGraph's agent over each chat model: the graph runs the tools. */
export const langgraph: readonly ChatClient[] = LANGCHAIN_MODELS.map(({ name, protocol, modelAt }): ChatClient => {
  return {
    name: `LangGraph agent, ${name.replace('LangChain ', '')}`,
    protocol,
    converse: (settings) => {
      const { streamed, signal, onText } = settings
      const agent = createReactAgent({ llm: modelAt(settings), tools: toLangchainTools(settings) })
      let messages: BaseMessage[] = []
      return {
        say: async (words) => {
          const input = { messages: [...messages, new HumanMessage(words)] }
          if (streamed) {
            for await (const [mode, part] of await agent.stream(input, {
              signal,
              streamMode: ['messages', 'values'],
            })) {
              if (mode === 'values') messages = part.messages
              else onText?.(part[0].text)
            }
          } else {
            messages = (await agent.invoke(input, { signal })).messages
          }
          return messages.at(-1)?.text ?? ''
        },
      }
    },
  }
})

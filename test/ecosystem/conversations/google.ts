import { type GenerateContentResponse, GoogleGenAI, type Part } from '@google/genai'
import {
  ASKED_SCHEMA,
  type ChatClient,
  MAX_TOKENS,
  runTool,
  type Settings,
  TICKET,
  TICKET_SCHEMA,
} from './conversation.ts'

/** A chat of the SDK's, which keeps the history itself, thought signatures too. */
export const google: ChatClient = {
  name: '@google/genai',
  protocol: 'gemini',
  converse: (settings) => {
    const { model, tools, reasoning, signal, streamed } = settings
    const chat = clientFor(settings).chats.create({
      model,
      config: {
        maxOutputTokens: MAX_TOKENS,
        abortSignal: signal,
        ...(reasoning && { thinkingConfig: { thinkingBudget: -1, includeThoughts: true } }),
        ...(tools.length > 0 && {
          tools: [
            {
              functionDeclarations: tools.map(({ name, description }) => {
                return { name, description, parametersJsonSchema: ASKED_SCHEMA }
              }),
            },
          ],
        }),
      },
    })
    const send = async (message: string | Part[]): Promise<readonly GenerateContentResponse[]> => {
      if (!streamed) return [await chat.sendMessage({ message })]
      const chunks: GenerateContentResponse[] = []
      for await (const chunk of await chat.sendMessageStream({ message })) {
        chunks.push(chunk)
        settings.onText?.(textOf([chunk]))
      }
      return chunks
    }
    return {
      say: async (words) => {
        let message: string | Part[] = words
        for (;;) {
          const responses = await send(message)
          const calls = responses.flatMap(({ functionCalls }) => functionCalls ?? [])
          if (calls.length === 0) return textOf(responses)
          message = calls.map(({ id, name = '', args }) => {
            const response = { output: runTool(settings, name, args) }
            return { functionResponse: { name, response, ...(id !== undefined && { id }) } }
          })
        }
      },
    }
  },
  extract: async (settings, words) => {
    const response = await clientFor(settings).models.generateContent({
      model: settings.model,
      contents: words,
      config: { responseMimeType: 'application/json', responseJsonSchema: TICKET_SCHEMA },
    })
    return TICKET.parse(JSON.parse(response.text ?? ''))
  },
}

/** What is said, without what is thought. */
function textOf(responses: readonly GenerateContentResponse[]): string {
  return responses
    .flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    .map(({ text, thought }) => (thought === true ? '' : (text ?? '')))
    .join('')
}

function clientFor({ url, headers }: Settings): GoogleGenAI {
  return new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: url, headers: { ...headers } } })
}

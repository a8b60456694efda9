import { openAiAnswers } from '../openai/answers.ts'
import { authenticateOpenAi, chatErrorEvent, openAiErrorBody } from '../openai/errors.ts'
import { readChatRequest } from './request.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'

/** OpenAI Chat Completions as a provider speaks it. */
export const chatProtocol: ProviderProtocol = {
  name: 'openai-chat',
  authenticate: authenticateOpenAi,
  read: readChatRequest,
  errorBody: openAiErrorBody,
  errorEvent: chatErrorEvent,
  ...openAiAnswers,
  giantEvent: (model, letters) =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-giant',
      object: 'chat.completion.chunk',
      created: 0,
      model: model.id,
      choices: [{ index: 0, delta: { content: 'a'.repeat(letters) }, logprobs: null, finish_reason: null }],
    })}\n\n`,
}

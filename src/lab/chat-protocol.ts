import { authenticateChat, chatErrorBody, chatErrorEvent, chatStatus, spentChatAccount } from './chat-errors.ts'
import { readChatRequest } from './chat-request.ts'
import { ProviderRejection } from './provider-protocol.ts'
import type { ProviderProtocol } from './provider-protocol.ts'

/** OpenAI Chat Completions as a provider speaks it. */
export const chatProtocol: ProviderProtocol = {
  name: 'openai-chat',
  authenticate: authenticateChat,
  read: readChatRequest,
  errorBody: chatErrorBody,
  errorEvent: chatErrorEvent,
  spentAccount: spentChatAccount,
  unknownModel: (name, problem) =>
    new ProviderRejection(404, problem ?? `The model \`${name}\` does not exist or you do not have access to it.`, {
      code: 'model_not_found',
    }),
  statusRejection: chatStatus,
  headers: (requestId) => ({
    'x-request-id': requestId,
    'openai-processing-ms': '12',
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
  }),
  giantEvent: (model, letters) =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-giant',
      object: 'chat.completion.chunk',
      created: 0,
      model: model.id,
      choices: [{ index: 0, delta: { content: 'a'.repeat(letters) }, logprobs: null, finish_reason: null }],
    })}\n\n`,
}

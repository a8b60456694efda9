import {
  anthropicErrorBody,
  anthropicErrorEvent,
  anthropicStatus,
  authenticateAnthropic,
  refusedAnthropicKey,
  spentAnthropicAccount,
} from './errors.ts'
import { countAnthropicTokens, readAnthropicRequest } from './request.ts'
import { ProviderRejection } from '../provider-protocol.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'

/** Anthropic Messages as a provider speaks it. */
export const anthropicProtocol: ProviderProtocol = {
  name: 'anthropic',
  authenticate: authenticateAnthropic,
  read: readAnthropicRequest,
  count: countAnthropicTokens,
  errorBody: anthropicErrorBody,
  errorEvent: anthropicErrorEvent,
  refusedKey: refusedAnthropicKey,
  spentAccount: spentAnthropicAccount,
  missingModel: () => new ProviderRejection(400, 'model: Field required'),
  invalidJson: () => new ProviderRejection(400, 'The request body is not valid JSON.'),
  unknownModel: (name, problem) => new ProviderRejection(404, problem ?? `model: ${name}`),
  statusRejection: anthropicStatus,
  headers: (requestId) => ({
    'request-id': requestId,
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    'anthropic-ratelimit-requests-limit': '4000',
    'anthropic-ratelimit-requests-remaining': '3999',
  }),
  giantEvent: (_model, letters) =>
    `event: content_block_delta\ndata: ${JSON.stringify({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'a'.repeat(letters) },
    })}\n\n`,
}

import { openAiStatus, refusedOpenAiKey, spentOpenAiAccount } from './errors.ts'
import { ProviderRejection } from '../provider-protocol.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'

/** What both of OpenAI's protocols answer alike: refusals that have nothing to do with a body, and headers. */
export const openAiAnswers: Pick<
  ProviderProtocol,
  'refusedKey' | 'spentAccount' | 'missingModel' | 'invalidJson' | 'unknownModel' | 'statusRejection' | 'headers'
> = {
  refusedKey: refusedOpenAiKey,
  spentAccount: spentOpenAiAccount,
  missingModel: () => new ProviderRejection(400, 'you must provide a model parameter'),
  invalidJson: () =>
    new ProviderRejection(
      400,
      'We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.',
    ),
  unknownModel: (name, problem) =>
    new ProviderRejection(404, problem ?? `The model \`${name}\` does not exist or you do not have access to it.`, {
      code: 'model_not_found',
    }),
  statusRejection: openAiStatus,
  headers: (requestId) => ({
    'x-request-id': requestId,
    'openai-processing-ms': '12',
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
  }),
}

import { openAiAnswers } from '../openai/answers.ts'
import { authenticateOpenAi, openAiErrorBody } from '../openai/errors.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'
import { responsesErrorEvent, withSequenceNumber } from './answer.ts'
import { countResponsesTokens, readResponsesRequest } from './request.ts'

/** OpenAI Responses as a provider speaks it. */
export const responsesProtocol: ProviderProtocol = {
  name: 'openai-responses',
  authenticate: authenticateOpenAi,
  read: readResponsesRequest,
  count: countResponsesTokens,
  errorBody: openAiErrorBody,
  errorEvent: responsesErrorEvent,
  numbered: withSequenceNumber,
  ...openAiAnswers,
  giantEvent: (_model, letters) =>
    `event: response.output_text.delta\ndata: ${JSON.stringify({
      type: 'response.output_text.delta',
      content_index: 0,
      delta: 'a'.repeat(letters),
      item_id: 'msg_giant',
      logprobs: [],
      output_index: 0,
    })}\n\n`,
}

import { arrayElement, eventText, withBracket } from './framing.ts'
import {
  authenticateGemini,
  geminiErrorArray,
  geminiErrorBody,
  geminiStatus,
  invalidArgument,
  refusedGeminiKey,
  spentGeminiAccount,
} from './errors.ts'
import { countGeminiTokens, readGeminiRequest } from './request.ts'
import { ProviderRejection } from '../provider-protocol.ts'
import type { ProviderProtocol } from '../provider-protocol.ts'
import type { SimulatedModel } from '../../simulated-models.ts'

const OVERLOADED = 503

/** Gemini as Google speaks it, whole or as server-sent events. */
export const geminiProtocol: ProviderProtocol = {
  name: 'gemini',
  authenticate: authenticateGemini,
  read: readGeminiRequest,
  count: countGeminiTokens,
  errorBody: geminiErrorBody,
  errorEvent: () => eventText(JSON.parse(overloaded()) as object),
  bareError: overloaded,
  refusedKey: refusedGeminiKey,
  spentAccount: spentGeminiAccount,
  missingModel: () => invalidArgument('* GenerateContentRequest.model: unexpected model name format\n'),
  invalidJson: () => invalidArgument('Invalid JSON payload received. Unexpected token.\n'),
  unknownModel: (name, problem) =>
    new ProviderRejection(
      404,
      problem ??
        `models/${name} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
    ),
  statusRejection: geminiStatus,
  headers: () => ({ server: 'scaffolding on HTTPServer2', 'x-content-type-options': 'nosniff', vary: 'Origin' }),
  giantEvent: (model, letters) => eventText(giantChunk(model, letters)),
}

/** The same as one JSON array that grows. */
export const geminiArrayProtocol: ProviderProtocol = {
  ...geminiProtocol,
  errorBody: geminiErrorArray,
  // The array is open when the error comes, and closes after it.
  errorEvent: () => `${arrayElement(overloaded().trimEnd())}\n]\n`,
  giantEvent: (model, letters) => arrayElement(JSON.stringify(giantChunk(model, letters))),
  numbered: withBracket,
}

function overloaded(): string {
  return geminiErrorBody(geminiStatus(OVERLOADED), '')
}

function giantChunk(model: SimulatedModel, letters: number): object {
  const content = { parts: [{ text: 'a'.repeat(letters) }], role: 'model' }
  return { candidates: [{ content, index: 0 }], modelVersion: model.id, responseId: 'giant' }
}

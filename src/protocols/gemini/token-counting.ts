import { isJsonObject, type TokenCounting, wholeCountOf } from '../core/index.ts'
import { resourceName } from './headers.ts'
import { camelCased, messageOf } from './wire.ts'

/** https://ai.google.dev/api/tokens. Only inside of a whole request do system instruction and tools count. */
export const tokenCounting: TokenCounting = {
  path: ({ model }) => `/v1beta/${resourceName(model)}:countTokens`,
  // The request repeats the model's name inside, where it is not part of a path.
  toCountRequest: (request, { model }) => ({
    generateContentRequest: { ...request, model: decodeURIComponent(resourceName(model)) },
  }),
  fromCountRequest: (body) => {
    const { generateContentRequest, ...rest } = camelCased(body)
    return isJsonObject(generateContentRequest) ? messageOf(generateContentRequest) : rest
  },
  readCount: (body) => (isJsonObject(body) ? wholeCountOf(body.totalTokens) : undefined),
  renderCount: (inputTokens) => ({ totalTokens: inputTokens }),
}

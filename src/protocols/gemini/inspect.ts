import {
  type Address,
  type Checked,
  checked,
  isFilled,
  type Json,
  type JsonObject,
  listOf,
  mayMention,
  optional,
  readCountOrZero,
  readModel,
  type RequestFacts,
  type StateReference,
} from '../core/index.ts'
import { isFileUri } from './media.ts'
import { asksForReasoning } from './reasoning.ts'
import { camelCased, messageOf, messagesOf, readMessage } from './wire.ts'

/** What the plan needs to know of a request; everything else is left to the provider or to the translation. */
export function inspectRequest(body: JsonObject, address?: Address): Checked<RequestFacts> {
  return checked((): RequestFacts => {
    const config = optional(camelCased(body).generationConfig, 'generationConfig', readMessage) ?? {}
    return {
      model: readModel(address?.model),
      stream: address?.stream ?? false,
      reasoning: asksForReasoning(config),
      choices: readChoices(config),
      structured: typeof config.responseMimeType === 'string' && config.responseMimeType !== 'text/plain',
      tools: messagesOf(body['tools']).length > 0,
      // Nothing in such a request names its conversation.
      session: undefined,
    }
  })
}

/** 0 is how proto3 says that nothing was said. */
export function readChoices({ candidateCount }: JsonObject): number {
  return optional(candidateCount, 'generationConfig.candidateCount', readCountOrZero) || 1
}

/** Names things in Google's own stores: cached prompts, files, what an answer can be continued from. */
const STATE_FIELD = /"(?:cached_?content|file_?uri|continuation_?token|file_?search)"/i

/** What only the account or project has that stored it. */
export function findState(body: JsonObject, text: string): readonly StateReference[] {
  if (!mayMention(text, STATE_FIELD)) return []
  const { cachedContent, continuationToken, contents, tools } = camelCased(body)
  const top = { cachedContent, continuationToken }
  return [
    ...Object.entries(top).flatMap(([field, id]) => (isFilled(id) ? [{ field, id }] : [])),
    ...messagesOf(contents).flatMap(({ parts }, index) => findFiles(parts, `contents[${index}].parts`)),
    ...messagesOf(tools).flatMap(({ fileSearch }, index) => findStores(fileSearch, `tools[${index}].fileSearch`)),
  ]
}

function findFiles(parts: Json | undefined, field: string): readonly StateReference[] {
  return messagesOf(parts).flatMap((part, index): readonly StateReference[] => {
    const place = `${field}[${index}]`
    const { fileUri } = messageOf(part.fileData)
    if (isFilled(fileUri) && isFileUri(fileUri)) return [{ field: `${place}.fileData.fileUri`, id: fileUri }]
    // A function's result may hold media, and those hold no further results.
    const result = part.functionResponse === undefined ? undefined : messageOf(part.functionResponse).parts
    return result === undefined ? [] : findFiles(result, `${place}.functionResponse.parts`)
  })
}

function findStores(search: Json | undefined, field: string): readonly StateReference[] {
  const { fileSearchStoreNames: names } = messageOf(search)
  return listOf(names).flatMap((id) => (isFilled(id) ? [{ field: `${field}.fileSearchStoreNames`, id }] : []))
}

import type { EmbeddingModel } from './embedding-models.ts'
import { isStringList } from './json-checks.ts'
import type { JsonRecord } from './json-checks.ts'
import { invalidParameter, missingParameter, wrongType } from './protocols/openai/errors.ts'
import { readNumber, readWord } from './protocols/openai/fields.ts'
import { createRandom } from './random.ts'
import { countTokens, tokenize } from './model/tokenizer.ts'

const MOST_INPUTS = 2048
const MOST_TOKENS = 300_000
// Into how many of its dimensions each token of a text goes.
const PLACES_PER_TOKEN = 24
// How strongly a text's whole wording counts beside its words, so that no two texts have the same vector.
const WORDING_WEIGHT = 0.3

const KNOWN_FIELDS = new Set(['input', 'model', 'encoding_format', 'dimensions', 'user'])

/** The answer to an embeddings request, and how many tokens it read. Throws what the real API would refuse. */
export function embed(body: JsonRecord, model: EmbeddingModel): { readonly body: string; readonly tokens: number } {
  const unknown = Object.keys(body).find((key) => !KNOWN_FIELDS.has(key))
  if (unknown !== undefined) throw invalidParameter(`Unrecognized request argument supplied: ${unknown}`, undefined)
  const inputs = readInputs(body['input'])
  const dimensions = readNumber(body, 'dimensions', 1, model.dimensions, true) ?? model.dimensions
  const format = readWord(body['encoding_format'], 'encoding_format', ['float', 'base64']) ?? 'float'
  const counts = inputs.map((input) => (typeof input === 'string' ? countTokens(input) : input.length))
  const tooLong = counts.find((count) => count > model.inputLimitTokens)
  if (tooLong !== undefined) {
    throw invalidParameter(
      `This model's maximum context length is ${model.inputLimitTokens} tokens, however you requested ${tooLong} tokens (${tooLong} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`,
      undefined,
    )
  }
  const tokens = counts.reduce((sum, count) => sum + count, 0)
  if (tokens > MOST_TOKENS) {
    throw invalidParameter(
      `Requested ${tokens} tokens, max ${MOST_TOKENS} tokens per request`,
      'input',
      'max_tokens_per_request',
    )
  }
  const data = inputs.map((input, index) => {
    const vector = vectorOf(input, model, dimensions)
    const embedding = format === 'float' ? [...vector] : Buffer.from(vector.buffer).toString('base64')
    return { object: 'embedding', index, embedding }
  })
  const usage = { prompt_tokens: tokens, total_tokens: tokens }
  return { body: JSON.stringify({ object: 'list', data, model: model.id, usage }), tokens }
}

function readInputs(input: unknown): readonly (string | readonly number[])[] {
  if (input === undefined || input === null) {
    throw missingParameter('input')
  }
  if (typeof input === 'string' || isTokenList(input)) return checked([input])
  if (isStringList(input) && input.length > 0) return checked(input)
  if (Array.isArray(input) && input.length > 0 && input.every(isTokenList)) return checked(input)
  throw typeof input === 'object'
    ? invalidParameter("'$.input' is invalid. Please check the API reference.", 'input')
    : wrongType('input', 'one of a string or array', input)
}

function isTokenList(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token) && Number(token) >= 0)
  )
}

function checked(inputs: readonly (string | readonly number[])[]): readonly (string | readonly number[])[] {
  if (inputs.length > MOST_INPUTS) {
    throw invalidParameter(
      `Invalid 'input': array too long. Expected an array with maximum length ${MOST_INPUTS}, but got an array with length ${inputs.length} instead.`,
      'input',
      'array_above_max_length',
    )
  }
  if (inputs.includes('')) throw invalidParameter("Invalid 'input': input cannot be an empty string.", 'input')
  return inputs
}

// Hashes the words of a text into dimensions (the hashing trick): texts with common words lie close to each other. A
// shorter vector is the beginning of the long one, normalised again.
function vectorOf(input: string | readonly number[], { id, dimensions }: EmbeddingModel, kept: number): Float32Array {
  const tokens = typeof input === 'string' ? tokenize(input.toLowerCase()) : input
  const vector = new Float32Array(dimensions)
  for (const token of tokens) {
    const random = createRandom(id, typeof token === 'string' ? token.trim() : token)
    for (let place = 0; place < PLACES_PER_TOKEN; place += 1) {
      const at = Math.floor(random.next() * dimensions)
      vector[at] = (vector[at] ?? 0) + random.next() * 2 - 1
    }
  }
  const wording = createRandom(id, 'wording', typeof input === 'string' ? input : input.join(' '))
  const strength = WORDING_WEIGHT * Math.sqrt((tokens.length * PLACES_PER_TOKEN) / dimensions)
  for (const [at, value] of vector.entries()) vector[at] = value + (wording.next() * 2 - 1) * strength
  return normalised(vector.slice(0, kept))
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

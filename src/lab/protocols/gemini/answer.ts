import type { Answer, AnswerPart, AnswerStop } from '../../model/answer.ts'
import { framed } from './framing.ts'
import { signThought } from './signature.ts'
import { isRecord } from '../../json-checks.ts'
import { piecesOf } from '../../pieces.ts'
import type { RenderContext, WireEvent } from '../provider-protocol.ts'
import { countTokens } from '../../model/tokenizer.ts'

const FINISH_REASONS: Readonly<Record<AnswerStop, string>> = {
  end: 'STOP',
  tools: 'STOP',
  limit: 'MAX_TOKENS',
  context: 'MAX_TOKENS',
  'stop-sequence': 'STOP',
  refusal: 'SAFETY',
  aborted: 'OTHER',
}

const TOKENS_PER_CHUNK = 6

export interface GeminiAsk {
  /** The stream is one JSON array instead of server-sent events. */
  readonly isArray: boolean
  readonly showsThoughts: boolean
  /** Whether the model signs what it says, in the manner of Gemini 3. */
  readonly signs: boolean
}

interface Chunk {
  readonly index: number
  readonly parts: readonly object[]
  /** Tokens of the answer up to here; thinking is counted apart. */
  readonly tokens: number
  readonly finishReason: string | undefined
  readonly finishMessage: string | undefined
}

/** The answers as a stream of chunks, candidate beside candidate. */
export function toGeminiEvents(answers: readonly Answer[], ask: GeminiAsk, context: RenderContext): WireEvent[] {
  const wrap = wrapper(answers, context)
  const blocked = answers.some(isBlocked)
  if (blocked) return framed([{ body: wrap(undefined, 0), kind: 'other' }], ask.isArray)
  const queues = answers.map((answer, index) => chunksOf(answer, index, ask, context))
  const chunks: Chunk[] = []
  for (let step = 0; queues.some((queue) => step < queue.length); step += 1) {
    for (const queue of queues) {
      const next = queue[step]
      if (next !== undefined) chunks.push(next)
    }
  }
  return framed(
    chunks.map((chunk) => {
      const isEnd = chunk.finishReason !== undefined
      const often = context.stopOnEveryChunk ? { ...chunk, finishReason: chunk.finishReason ?? 'STOP' } : chunk
      const unmarked = { ...chunk, finishReason: undefined, finishMessage: undefined }
      return {
        body: wrap(often, chunk.tokens),
        kind: isEnd ? 'terminal' : 'content',
        // The last chunk of some models carries text: without its finish reason that text is still sent.
        ...(isEnd && chunk.parts.some(hasContent) ? { unmarked: wrap(unmarked, chunk.tokens) } : {}),
      }
    }),
    ask.isArray,
  )
}

/** The answers as one JSON body, pretty-printed as Google sends it. */
export function toGeminiBody(answers: readonly Answer[], ask: GeminiAsk, context: RenderContext): string {
  const { head, usage } = headOf(answers, context)
  if (answers.some(isBlocked)) return JSON.stringify({ ...blockedFeedback(), ...usage(0), ...head }, null, 2)
  const candidates = answers.map((answer, index) => {
    const parts = answer.parts.flatMap((part) => wholeParts(part, answer, ask, context))
    const tokens = answer.outputTokens - answer.thinkingTokens
    return candidateOf({ index, parts: wholeSigned(parts, ask, context), tokens, ...endOf(answer) })
  })
  const tokens = answers.reduce((sum, answer) => sum + answer.outputTokens - answer.thinkingTokens, 0)
  return JSON.stringify({ candidates, ...usage(tokens), ...head }, null, 2)
}

function chunksOf(answer: Answer, index: number, ask: GeminiAsk, context: RenderContext): Chunk[] {
  const { random } = context
  const pieces = answer.parts.flatMap((part): { parts: object[]; tokens: number }[] => {
    if (part.kind === 'tool') {
      const parts = wholeParts(part, answer, ask, context)
      return parts.length === 0 ? [] : [{ parts, tokens: part.tokens.length }]
    }
    if (part.kind === 'refusal' || (part.kind === 'thinking' && !ask.showsThoughts)) return []
    const isThought = part.kind === 'thinking'
    return piecesOf(part.tokens, random, TOKENS_PER_CHUNK).map((text) => ({
      parts: [isThought ? { text, thought: true } : { text }],
      tokens: isThought ? 0 : countTokens(text),
    }))
  })
  let tokens = 0
  const chunks = pieces.map((piece): Chunk => {
    tokens += piece.tokens
    return { index, parts: piece.parts, tokens, finishReason: undefined, finishMessage: undefined }
  })
  const total = answer.outputTokens - answer.thinkingTokens
  const last = chunks.at(-1)
  if (!ask.signs && last !== undefined) return [...chunks.slice(0, -1), { ...last, tokens: total, ...endOf(answer) }]
  // A model that signs says its last word in a chunk of its own, which has the signature and no text.
  const hasCall = answer.parts.some((part) => part.kind === 'tool')
  const closing = hasCall ? { text: '' } : { text: '', thoughtSignature: signatureFrom(context) }
  return [
    ...signedChunks(chunks, ask, context),
    { index, parts: ask.signs ? [closing] : [{ text: '' }], tokens: total, ...endOf(answer) },
  ]
}

function signedChunks(chunks: readonly Chunk[], ask: GeminiAsk, context: RenderContext): Chunk[] {
  const all = signed(
    chunks.flatMap(({ parts }) => parts),
    ask,
    context,
  )
  let at = 0
  return chunks.map((chunk) => ({ ...chunk, parts: chunk.parts.map(() => all[at++] ?? {}) }))
}

// Of calls made together the first carries the signature.
function signed(parts: readonly object[], { signs }: GeminiAsk, context: RenderContext): object[] {
  const first = signs ? parts.findIndex((part) => 'functionCall' in part) : -1
  return parts.map((part, index) => (index === first ? { ...part, thoughtSignature: signatureFrom(context) } : part))
}

// An answer without calls is signed in its last part.
function wholeSigned(parts: readonly object[], ask: GeminiAsk, context: RenderContext): object[] {
  const hasCall = parts.some((part) => 'functionCall' in part)
  if (hasCall || !ask.signs) return signed(parts, ask, context)
  return parts.map((part, index) =>
    index === parts.length - 1 ? { ...part, thoughtSignature: signatureFrom(context) } : part,
  )
}

function signatureFrom({ platform, random }: RenderContext): string {
  return signThought(platform, random.identifier(90))
}

function wholeParts(part: AnswerPart, { stop }: Answer, ask: GeminiAsk, { random }: RenderContext): object[] {
  const text = part.tokens.join('')
  switch (part.kind) {
    case 'refusal':
      return []
    case 'thinking':
      return ask.showsThoughts ? [{ text, thought: true }] : []
    case 'text':
      return [{ text }]
    case 'tool': {
      const args = parsed(text)
      // A call that is not whole is no call here: the finish reason tells of it.
      if (args === undefined || (stop === 'limit' && !isRecord(args))) return []
      const id = ask.signs ? { id: random.identifier(8).toLowerCase() } : {}
      return [{ functionCall: { name: part.name, args, ...id } }]
    }
  }
}

function endOf(answer: Answer): Pick<Chunk, 'finishReason' | 'finishMessage'> {
  const broken = answer.parts.find((part) => part.kind === 'tool' && parsed(part.tokens.join('')) === undefined)
  if (answer.stop === 'tools' && broken !== undefined) {
    const finishMessage = `Malformed function call: ${broken.tokens.join('')}`
    return { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage }
  }
  return { finishReason: FINISH_REASONS[answer.stop], finishMessage: undefined }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

// A refusal before the first word blocks the prompt itself; later it is a finish reason.
function isBlocked({ stop, parts }: Answer): boolean {
  return stop === 'refusal' && parts.every((part) => part.kind === 'refusal' || part.kind === 'thinking')
}

function blockedFeedback(): object {
  return { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }
}

function candidateOf({ index, parts, finishReason, finishMessage }: Chunk): object {
  return {
    ...(parts.length > 0 ? { content: { parts, role: 'model' } } : { content: { role: 'model' } }),
    ...(finishReason === undefined ? {} : { finishReason }),
    index,
    ...(finishMessage === undefined ? {} : { finishMessage }),
  }
}

function wrapper(
  answers: readonly Answer[],
  context: RenderContext,
): (chunk: Chunk | undefined, tokens: number) => object {
  const { head, usage } = headOf(answers, context)
  return (chunk, tokens) =>
    chunk === undefined
      ? { ...blockedFeedback(), ...usage(0), ...head }
      : { candidates: [candidateOf(chunk)], ...usage(tokens), ...head }
}

function headOf(
  answers: readonly Answer[],
  { model, random }: RenderContext,
): { readonly head: object; readonly usage: (tokens: number) => object } {
  const prompt = answers[0]?.inputTokens ?? 0
  const thoughts = answers.reduce((sum, answer) => sum + answer.thinkingTokens, 0)
  return {
    head: { modelVersion: model.id, responseId: random.identifier(22) },
    usage: (tokens) => ({
      usageMetadata: {
        promptTokenCount: prompt,
        ...(tokens > 0 ? { candidatesTokenCount: tokens } : {}),
        totalTokenCount: prompt + tokens + thoughts,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
        ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
        serviceTier: 'standard',
      },
    }),
  }
}

function hasContent(part: object): boolean {
  return !('text' in part) || part.text !== ''
}

import { refusalTokens } from './answer.ts'
import type { Answer, AnswerFaults, AnswerPart, AnswerStop } from './answer.ts'
import type { Prompt } from './prompt.ts'
import type { SimulatedModel } from '../simulated-models.ts'

/** Applies stop sequences, the token limits and the faults to an answer, in the order in which a server meets them. */
export function limitAnswer(
  parts: readonly AnswerPart[],
  prompt: Prompt,
  model: SimulatedModel,
  faults: AnswerFaults,
): Answer {
  const stopped = stopAtSequence(parts, prompt.stopSequences)
  const cut = applyBudget(stopped.parts, prompt, model, faults)
  const kept = faults.breakToolArguments === true ? cut.parts.map(withBrokenArguments) : cut.parts
  const refuses = faults.refuseAfterTokens !== undefined || kept.some((part) => part.kind === 'refusal')
  const finalParts =
    faults.refuseAfterTokens !== undefined
      ? [...kept.filter((part) => part.kind !== 'refusal'), { kind: 'refusal', tokens: refusalTokens() } as const]
      : kept
  const isCut = cut.stop !== undefined
  return {
    parts: finalParts,
    stop: endOf({
      aborted: faults.abort === true,
      refuses,
      cut: cut.stop,
      sequence: stopped.sequence,
      parts: finalParts,
    }),
    stopSequence: isCut ? undefined : stopped.sequence,
    inputTokens: prompt.inputTokens,
    outputTokens: countOf(finalParts),
    thinkingTokens: countOf(finalParts.filter((part) => part.kind === 'thinking')),
  }
}

interface Ending {
  readonly aborted: boolean
  readonly refuses: boolean
  readonly cut: AnswerStop | undefined
  readonly sequence: string | undefined
  readonly parts: readonly AnswerPart[]
}

function endOf({ aborted, refuses, cut, sequence, parts }: Ending): AnswerStop {
  if (aborted) return 'aborted'
  if (refuses) return 'refusal'
  if (cut !== undefined) return cut
  if (sequence !== undefined) return 'stop-sequence'
  return parts.some((part) => part.kind === 'tool') ? 'tools' : 'end'
}

// Only text is searched: thinking and arguments are not the caller's to stop.
function stopAtSequence(
  parts: readonly AnswerPart[],
  sequences: readonly string[],
): { readonly parts: readonly AnswerPart[]; readonly sequence: string | undefined } {
  for (const [index, part] of parts.entries()) {
    if (part.kind !== 'text') continue
    const text = part.tokens.join('')
    let at = -1
    let sequence: string | undefined
    for (const candidate of sequences) {
      const found = text.indexOf(candidate)
      if (found !== -1 && (at === -1 || found < at)) [at, sequence] = [found, candidate]
    }
    if (sequence === undefined) continue
    return { parts: [...parts.slice(0, index), { kind: 'text', tokens: cutCharacters(part.tokens, at) }], sequence }
  }
  return { parts, sequence: undefined }
}

function applyBudget(
  parts: readonly AnswerPart[],
  prompt: Prompt,
  model: SimulatedModel,
  faults: AnswerFaults,
): { readonly parts: readonly AnswerPart[]; readonly stop: AnswerStop | undefined } {
  const window = Math.max(1, model.contextWindowTokens - prompt.inputTokens)
  const asked = Math.min(prompt.maxTokens ?? model.maxOutputTokens, model.maxOutputTokens)
  const natural = countOf(parts)
  // A fault always shows: an answer shorter than its limit loses at least the last token.
  const faulty = Math.min(faults.limitAfterTokens ?? Infinity, faults.refuseAfterTokens ?? Infinity)
  const forced = faulty === Infinity ? Infinity : Math.min(faulty, natural - 1)
  const budget = Math.max(0, Math.min(window, asked, forced))
  if (natural <= budget) return { parts, stop: undefined }
  return { parts: cutTokens(parts, budget), stop: budget === window && window < asked ? 'context' : 'limit' }
}

function cutTokens(parts: readonly AnswerPart[], budget: number): AnswerPart[] {
  const kept: AnswerPart[] = []
  let left = budget
  for (const part of parts) {
    if (left <= 0) break
    kept.push({ ...part, tokens: part.tokens.slice(0, left) })
    left -= part.tokens.length
  }
  return kept
}

function cutCharacters(tokens: readonly string[], characters: number): string[] {
  const kept: string[] = []
  let left = characters
  for (const token of tokens) {
    if (left <= 0) break
    kept.push(token.slice(0, left))
    left -= token.length
  }
  return kept
}

function withBrokenArguments(part: AnswerPart): AnswerPart {
  if (part.kind !== 'tool' || part.freeForm) return part
  // The tokenizer gives the closing brace a token of its own.
  return { ...part, tokens: [...part.tokens.slice(0, -1), ','] }
}

function countOf(parts: readonly AnswerPart[]): number {
  return parts.reduce((sum, part) => sum + part.tokens.length, 0)
}

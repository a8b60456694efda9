import { checksumEnding, withChecksum } from './checksum.ts'
import { refusalTokens } from './answer.ts'
import type { Answer, AnswerFaults, AnswerPart } from './answer.ts'
import { limitAnswer } from './answer-limits.ts'
import { recordOr } from '../json-checks.ts'
import { parseHooks } from './prompt-hooks.ts'
import type { OrderedCall, PromptHooks } from './prompt-hooks.ts'
import type { JsonSchema, Prompt, PromptTool } from './prompt.ts'
import type { Random } from '../random.ts'
import { valueOf } from './schema-value.ts'
import type { SimulatedModel } from '../simulated-models.ts'
import { tokenize } from './tokenizer.ts'
import type { Writer } from './writer.ts'

export interface AnswerDeps {
  readonly writer: Writer
  readonly random: Random
}

const PREAMBLE_TEXT = 'Let me look that up.'
const RESULT_LIMIT_CHARACTERS = 400
const RESULT_TAIL_CHARACTERS = 100

/** Writes the whole answer to a prompt. The same prompt and random give the same answer. */
export function composeAnswer(prompt: Prompt, model: SimulatedModel, faults: AnswerFaults, deps: AnswerDeps): Answer {
  const hooks = parseHooks(prompt.userText)
  const parts = [...thinkingOf(prompt, hooks, deps), ...bodyOf(prompt, hooks, model, deps)]
  return limitAnswer(parts, prompt, model, faults)
}

function thinkingOf(prompt: Prompt, hooks: PromptHooks, deps: AnswerDeps): AnswerPart[] {
  if (!prompt.thinking || hooks.refuse) return []
  return [{ kind: 'thinking', tokens: write(2, prompt, deps) }]
}

function bodyOf(prompt: Prompt, hooks: PromptHooks, model: SimulatedModel, deps: AnswerDeps): AnswerPart[] {
  if (hooks.refuse) return [{ kind: 'refusal', tokens: refusalTokens() }]
  // Agents also send the user's words without tools, for a title of the session: then there is nothing to call.
  const mayCall = prompt.tools.length > 0 && prompt.toolChoice.kind !== 'none'
  const ordered = mayCall ? hooks.calls[prompt.callsMade] : undefined
  if (ordered !== undefined) return orderedCallOf(ordered, prompt, model)
  if (hooks.say !== undefined) return [{ kind: 'text', tokens: proven(say(hooks.say, prompt), prompt, hooks) }]
  const calls = hooks.calls.length > 0 ? [] : callsOf(prompt, deps)
  if (calls.length > 0) return withPreamble(calls, prompt, model)
  if (prompt.answerSchema !== undefined) {
    return [{ kind: 'text', tokens: tokenize(jsonOf(prompt.answerSchema, prompt, deps)) }]
  }
  return [{ kind: 'text', tokens: proven(proseOf(prompt, deps), prompt, hooks) }]
}

function withPreamble(calls: readonly AnswerPart[], prompt: Prompt, model: SimulatedModel): AnswerPart[] {
  const talksFirst = model.family === 'anthropic' && prompt.toolChoice.kind === 'auto'
  return talksFirst ? [{ kind: 'text', tokens: tokenize(PREAMBLE_TEXT) }, ...calls] : [...calls]
}

function orderedCallOf({ name, input }: OrderedCall, prompt: Prompt, model: SimulatedModel): AnswerPart[] {
  const tool = prompt.tools.find((offered) => offered.name === name)
  // Said instead of hidden behind some other answer: whoever wrote the order looks for the reason here.
  if (tool === undefined) return [{ kind: 'text', tokens: tokenize(`No tool named ${name} is offered.`) }]
  const text = tool.kind === 'free-form' ? freeTextOf(input) : JSON.stringify(input)
  return withPreamble([callPart(tool, tokenize(text))], prompt, model)
}

function freeTextOf(input: unknown): string {
  if (typeof input === 'string') return input
  const { input: text } = recordOr(input)
  return typeof text === 'string' ? text : JSON.stringify(input)
}

function proseOf(prompt: Prompt, deps: AnswerDeps): string[] {
  if (prompt.toolResults.length > 0) {
    const results = prompt.toolResults.map((result) => shortened(result).replace(/\.\s*$/, ''))
    return [
      ...tokenize(`Here is what came back: ${results.join('; ')}. `),
      ...write(deps.random.integer(1, 2), prompt, deps),
    ]
  }
  if (prompt.prefill === undefined && /\b(code|function|typescript|javascript)\b/i.test(prompt.userText)) {
    return [
      ...write(1, prompt, deps),
      ...tokenize('\n\n```ts\n'),
      ...deps.writer.code({ random: deps.random, temperature: prompt.temperature }),
      ...tokenize('\n```\n\n'),
      ...write(1, prompt, deps),
    ]
  }
  return write(deps.random.integer(2, 5), prompt, deps, prompt.prefill)
}

// Both ends: what a command printed last often stands behind a long preamble.
function shortened(result: string): string {
  if (result.length <= RESULT_LIMIT_CHARACTERS) return result
  return `${result.slice(0, RESULT_LIMIT_CHARACTERS)} … ${result.slice(-RESULT_TAIL_CHARACTERS)}`
}

// A prefill that is the beginning of the text is continued with the rest of it.
function say(text: string, { prefill }: Prompt): string[] {
  return tokenize(prefill !== undefined && text.startsWith(prefill) ? text.slice(prefill.length) : text)
}

// The proof covers what the caller will see as one text: a prefill and its continuation.
function proven(tokens: string[], { prefill = '' }: Prompt, hooks: PromptHooks): string[] {
  return hooks.checksum ? [...tokens, ...tokenize(checksumEnding(prefill + tokens.join('')))] : tokens
}

function callsOf(prompt: Prompt, deps: AnswerDeps): AnswerPart[] {
  const { toolChoice, userText } = prompt
  if (prompt.tools.length === 0 || toolChoice.kind === 'none' || prompt.prefill !== undefined) return []
  if (toolChoice.kind === 'auto' && prompt.toolResults.length > 0) return []
  const ranked = rankTools(prompt.tools, userText)
  const chosen = toolChoice.kind === 'named' ? ranked.filter((tool) => tool.name === toolChoice.name) : ranked
  const first = chosen[0]
  if (first === undefined) return []
  const twice = prompt.parallelToolCalls && /\bboth\b/i.test(userText)
  return (twice ? [first, chosen[1] ?? first] : [first]).map((tool) => callOf(tool, prompt, deps))
}

function callOf(tool: PromptTool, prompt: Prompt, deps: AnswerDeps): AnswerPart {
  return callPart(
    tool,
    tool.kind === 'free-form' ? write(1, prompt, deps) : tokenize(jsonOf(tool.schema, prompt, deps)),
  )
}

function callPart({ kind, name, namespace }: PromptTool, tokens: readonly string[]): AnswerPart {
  const group = namespace === undefined ? {} : { namespace }
  return { kind: 'tool', name, ...group, freeForm: kind === 'free-form', tokens }
}

// The tools whose names and descriptions share most words with the prompt come first; ties keep the caller's order.
function rankTools(tools: readonly PromptTool[], text: string): PromptTool[] {
  const asked = new Set(text.toLowerCase().match(/\p{L}{3,}/gu))
  const shared = (tool: PromptTool): number =>
    (`${tool.name} ${tool.description}`.toLowerCase().match(/\p{L}{3,}/gu) ?? []).filter((word) => asked.has(word))
      .length
  return [...tools].sort((left, right) => shared(right) - shared(left))
}

function jsonOf(schema: JsonSchema, prompt: Prompt, deps: AnswerDeps): string {
  const words = (): string => write(1, prompt, deps).slice(0, 5).join('').trim()
  const asked =
    Object.keys(schema).length === 0 ? { type: 'object', properties: { answer: {} }, required: ['answer'] } : schema
  return JSON.stringify(withChecksum(valueOf(asked, { random: deps.random, words })))
}

function write(count: number, prompt: Prompt, { writer, random }: AnswerDeps, after?: string): string[] {
  const options = { about: prompt.text, random, temperature: prompt.temperature }
  return writer.sentences(count, after === undefined ? options : { ...options, after })
}

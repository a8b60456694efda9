import {
  type JsonObject,
  optional,
  present,
  readBoolean,
  readInteger,
  readName,
  type Reasoning,
} from '../core/index.ts'
import { messageOf, readMessage } from './wire.ts'

const UNSPECIFIED = 'THINKING_LEVEL_UNSPECIFIED'

/** Whether the `generationConfig` asks for reasoning, however badly: the plan wants to know before anything is parsed. */
export function asksForReasoning(config: JsonObject): boolean {
  const { thinkingBudget: budget, thinkingLevel: level, includeThoughts } = messageOf(config.thinkingConfig)
  if (typeof budget === 'number') return budget !== 0
  return (typeof level === 'string' && level !== UNSPECIFIED) || includeThoughts === true
}

/** `thinkingConfig`. A budget of 0 switches thinking off, -1 leaves the amount to the model. */
export function readReasoning(config: JsonObject): Reasoning | undefined {
  const field = 'generationConfig.thinkingConfig'
  const thinking = optional(config.thinkingConfig, field, readMessage) ?? {}
  const budget = optional(thinking.thinkingBudget, `${field}.thinkingBudget`, readInteger)
  const level = optional(thinking.thinkingLevel, `${field}.thinkingLevel`, readName)
  const wantsThoughts = optional(thinking.includeThoughts, `${field}.includeThoughts`, readBoolean)
  const effort = level === undefined || level === UNSPECIFIED ? undefined : level.toLowerCase()
  if (budget === undefined && effort === undefined && wantsThoughts !== true) return undefined
  if (budget === 0) return { enabled: false }
  return {
    enabled: true,
    ...present({ effort, budgetTokens: budget !== undefined && budget > 0 ? budget : undefined }),
  }
}

/**
 * How a model is told to think (https://ai.google.dev/gemini-api/docs/thinking). `level`: Gemini 3 and later, and the
 * names that stand for the latest of them; they take a budget for compatibility only, and cannot be kept from thinking.
 * `budget`: 2.5. `none`: everything before, and models that are not Gemini, which refuse to be told.
 */
type Dial =
  | { readonly kind: 'level'; readonly least: string }
  | { readonly kind: 'budget'; readonly least: number; readonly most: number; readonly off: number }
  | { readonly kind: 'none' }

function dialOf(model: string): Dial {
  if (/gemini-2\.5-pro/i.test(model)) return { kind: 'budget', least: 128, most: 32_768, off: 128 }
  if (/gemini-2\.5/i.test(model)) return { kind: 'budget', least: 512, most: 24_576, off: 0 }
  if (!takesSignatures(model)) return { kind: 'none' }
  return { kind: 'level', least: /pro/i.test(model) ? 'low' : 'minimal' }
}

/**
 * Gemini 3 and later, which also refuse (400) a function call of the current turn without a thought signature. Names
 * without a number (`gemini-flash-latest`, a deployment's `shop-gemini`) have stood for such models since there are any.
 */
export function takesSignatures(model: string): boolean {
  return /gemini(?!-[12](?:[.-]|$))/i.test(model)
}

/** Google publishes no table of efforts in tokens: each step about doubles, within what every 2.5 model takes. */
const BUDGET_OF_EFFORT: ReadonlyMap<string, number> = new Map([
  ['minimal', 512],
  ['low', 2048],
  ['medium', 8192],
  ['high', 16_384],
  ['xhigh', 24_576],
  ['max', 24_576],
])

/** The nearest level for a thinking budget: the first row that holds it. */
const LEVEL_OF_BUDGET: readonly { readonly upToTokens: number; readonly level: string }[] = [
  { upToTokens: 4096, level: 'low' },
  { upToTokens: 16_384, level: 'medium' },
  { upToTokens: Infinity, level: 'high' },
]

/** `thinkingConfig`, or nothing where nothing was asked or the model cannot be told. */
export function renderReasoning(reasoning: Reasoning | undefined, model: string): JsonObject | undefined {
  const dial = dialOf(model)
  if (reasoning === undefined || dial.kind === 'none') return undefined
  const isOff = !reasoning.enabled || reasoning.effort === 'none'
  if (dial.kind === 'budget') {
    if (isOff) return { thinkingBudget: dial.off }
    return { thinkingBudget: toBudget(reasoning, dial), includeThoughts: true }
  }
  if (isOff) return { thinkingLevel: dial.least.toUpperCase() }
  const level = toLevel(reasoning, dial.least)
  // Who asks for thinking gets to see it, as everywhere else.
  return { ...(level !== undefined && { thinkingLevel: level.toUpperCase() }), includeThoughts: true }
}

const DYNAMIC_BUDGET = -1

function toBudget(
  { effort, budgetTokens }: Reasoning,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const wish = budgetTokens ?? (effort === undefined ? undefined : BUDGET_OF_EFFORT.get(effort))
  return wish === undefined ? DYNAMIC_BUDGET : Math.min(most, Math.max(least, wish))
}

function toLevel({ effort, budgetTokens }: Reasoning, least: string): string | undefined {
  if (effort === 'minimal') return least
  if (effort === 'xhigh' || effort === 'max') return 'high'
  if (effort !== undefined) return effort
  if (budgetTokens === undefined) return undefined
  return LEVEL_OF_BUDGET.find(({ upToTokens }) => budgetTokens <= upToTokens)?.level
}

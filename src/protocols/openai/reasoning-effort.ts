import type { Reasoning } from '../core/index.ts'

/**
 * The nearest effort for a thinking budget: the first row that holds it. Only the three efforts that every reasoning
 * model of OpenAI's takes.
 */
const EFFORT_OF_BUDGET: readonly { readonly upToTokens: number; readonly effort: string }[] = [
  { upToTokens: 4096, effort: 'low' },
  { upToTokens: 16_384, effort: 'medium' },
  { upToTokens: Infinity, effort: 'high' },
]

/** OpenAI's own default where reasoning is asked for and nothing is said about how much. */
const DEFAULT_EFFORT = 'medium'

/**
 * The `reasoning_effort`, or `undefined` to leave it out. Reasoning that is merely switched off is left out too: `none`
 * is refused by the many models that don't reason.
 */
export function renderReasoningEffort(reasoning: Reasoning | undefined): string | undefined {
  if (reasoning === undefined) return undefined
  const { effort, budgetTokens, enabled } = reasoning
  if (effort !== undefined) return effort
  if (!enabled) return undefined
  if (budgetTokens === undefined) return DEFAULT_EFFORT
  return EFFORT_OF_BUDGET.find(({ upToTokens }) => budgetTokens <= upToTokens)?.effort
}

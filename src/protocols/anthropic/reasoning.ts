import {
  type CoreRequest,
  isJsonObject,
  type JsonObject,
  optional,
  readCountOrZero,
  readObject,
  readString,
  type Reasoning,
} from '../core/index.ts'

/**
 * What an effort is worth in thinking tokens, and a budget in effort (the nearest). Anthropic publishes no such table;
 * its own least budget is 1,024, and each step about doubles.
 */
export const EFFORT_BUDGET_TOKENS: ReadonlyMap<string, number> = new Map([
  ['minimal', 1024],
  ['low', 2048],
  ['medium', 8192],
  ['high', 16_384],
  ['xhigh', 32_768],
  ['max', 65_536],
])

const LEAST_BUDGET_TOKENS = 1024
const DEFAULT_EFFORT = 'medium'

/**
 * Claude up to 4.5 thinks only on a budget, and from 4.7 on refuses one (`thinking.type: adaptive` and
 * `output_config.effort` instead; 4.6 takes both). The older models are a closed list; others who speak this protocol
 * know budgets only. https://platform.claude.com/docs/en/build-with-claude/thinking
 */
const ADAPTIVE_MODEL = /claude/i
const BUDGET_MODEL = /claude-(?:3[-.]|(?:opus|sonnet|haiku)-4(?:[-.][0-5])?(?:$|[^\d.-]|-(?!\d{1,2}(?!\d))))/i

export function isBudgetModel(model: string): boolean {
  return !ADAPTIVE_MODEL.test(model) || BUDGET_MODEL.test(model)
}

/** Whether the request asks for reasoning, however badly: the plan wants to know before anything is parsed. */
export function asksForReasoning(body: JsonObject): boolean {
  const thinking = body['thinking']
  if (isJsonObject(thinking) && typeof thinking['type'] === 'string') return thinking['type'] !== 'disabled'
  const config = body['output_config']
  return isJsonObject(config) && typeof config['effort'] === 'string'
}

export function readReasoning(body: JsonObject): Reasoning | undefined {
  const thinking = optional(body['thinking'], 'thinking', readObject)
  const config = optional(body['output_config'], 'output_config', readObject)
  const effort = optional(config?.['effort'], 'output_config.effort', readString)
  if (thinking === undefined && effort === undefined) return undefined
  if (thinking !== undefined) readString(thinking['type'], 'thinking.type')
  const budgetTokens = optional(thinking?.['budget_tokens'], 'thinking.budget_tokens', readCountOrZero)
  return {
    enabled: asksForReasoning(body),
    ...(effort !== undefined && { effort }),
    ...(budgetTokens !== undefined && { budgetTokens }),
  }
}

/** `thinking`, the effort of `output_config`, and how many tokens have to be allowed for both thought and answer. */
export interface RenderedReasoning {
  readonly thinking?: JsonObject
  readonly effort?: string
  readonly maxTokens: number
}

/**
 * `answerTokens` is the default for an answer, where the client gave no limit of its own. Anthropic counts thinking
 * inside `max_tokens`: the default grows by the budget, a client's limit only where the client's own budget does not
 * fit below it; a budget that was derived from an effort takes at most half of the client's limit.
 */
export function renderReasoning(request: CoreRequest, model: string, answerTokens: number): RenderedReasoning {
  const { reasoning, maxOutputTokens } = request
  const limit = maxOutputTokens ?? answerTokens
  if (reasoning === undefined) return { maxTokens: limit }
  const effort = reasoning.effort === undefined ? undefined : toAnthropicEffort(reasoning.effort)
  if (!reasoning.enabled || reasoning.effort === 'none')
    return { thinking: { type: 'disabled' }, ...(effort !== undefined && { effort }), maxTokens: limit }
  if (!isBudgetModel(model)) {
    const wanted = effort ?? (reasoning.budgetTokens === undefined ? undefined : nearestEffort(reasoning.budgetTokens))
    return { thinking: { type: 'adaptive' }, ...(wanted !== undefined && { effort: wanted }), maxTokens: limit }
  }
  const given = reasoning.budgetTokens
  if (given !== undefined) {
    const budget = Math.max(LEAST_BUDGET_TOKENS, given)
    return {
      thinking: { type: 'enabled', budget_tokens: budget },
      // Only a client of this protocol gives both.
      ...(effort !== undefined && { effort }),
      maxTokens: maxOutputTokens !== undefined && maxOutputTokens > budget ? maxOutputTokens : budget + limit,
    }
  }
  const wish = EFFORT_BUDGET_TOKENS.get(reasoning.effort ?? DEFAULT_EFFORT) ?? LEAST_BUDGET_TOKENS
  if (maxOutputTokens === undefined)
    return { thinking: { type: 'enabled', budget_tokens: wish }, maxTokens: wish + answerTokens }
  const budget = Math.max(LEAST_BUDGET_TOKENS, Math.min(wish, Math.floor(maxOutputTokens / 2)))
  return {
    thinking: { type: 'enabled', budget_tokens: budget },
    maxTokens: maxOutputTokens > budget ? maxOutputTokens : budget + maxOutputTokens,
  }
}

/** Anthropic has no effort below `low`; a word that it does not have either is its provider's to refuse. */
function toAnthropicEffort(effort: string): string | undefined {
  if (effort === 'none') return undefined
  return effort === 'minimal' ? 'low' : effort
}

function nearestEffort(budgetTokens: number): string {
  let nearest = DEFAULT_EFFORT
  let distance = Infinity
  for (const [effort, tokens] of EFFORT_BUDGET_TOKENS) {
    // Doubling steps: nearness is a ratio.
    const away = Math.abs(Math.log(Math.max(1, budgetTokens) / tokens))
    if (away < distance) [nearest, distance] = [effort, away]
  }
  return toAnthropicEffort(nearest) ?? DEFAULT_EFFORT
}

import { type CallPlace, isFilled, type JsonObject, ToolInput } from '../core/index.ts'
import { callInput, callKind } from './output-in.ts'

/**
 * Whether a call of an answer is one that nobody can run: it has no name, its arguments are no object, or, where something stopped the
 * model from outside, it may have been stopped inside of this call. An item's own word that it is whole settles that;
 * hosts without one leave it open for the last call.
 */
export function isUnfinishedCall(item: JsonObject, input: ToolInput | undefined, at: CallPlace): boolean {
  if (isOfOwnTool(item) && !isFilled(item.name)) return true
  if (item.status === 'incomplete' || item.status === 'in_progress') return true
  const mayBeCut = at.mayBeCut && item.status !== 'completed'
  return input === undefined ? mayBeCut && at.isLast : input.isUnfinished({ mayBeCut, isLast: at.isLast })
}

/** The input of a call to a function or a free-form tool; other calls have none that could be judged. */
export function inputOf(
  item: JsonObject,
  options: { readonly keepText: boolean; readonly limitBytes: number } = UNLIMITED,
): ToolInput | undefined {
  if (!isOfOwnTool(item)) return undefined
  const input = new ToolInput({ kind: callKind(item), ...options })
  input.push(callInput(item))
  return input
}

/** A call of a tool that the client made up, not one that OpenAI defines. */
const isOfOwnTool = ({ type }: JsonObject): boolean => type === 'function_call' || type === 'custom_tool_call'

const UNLIMITED = { keepText: false, limitBytes: Infinity } as const

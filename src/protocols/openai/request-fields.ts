import type { JsonObject, Losses } from '../core/index.ts'
import { isOpenAiModel } from './openai-model.ts'

/** A longer `user` is answered with 400 by OpenAI. */
const USER_LENGTH_LIMIT = 64

/** `user`, for OpenAI alone; nothing where it may not go along. */
export function renderUserId(userId: string | undefined, model: string, losses: Losses): JsonObject {
  if (userId === undefined) return {}
  if (isOpenAiModel(model) && userId.length <= USER_LENGTH_LIMIT) return { user: userId }
  losses.drop('metadata')
  return {}
}

/** Whether an effort lets a model think at all. */
export function isThinkingEffort(effort: string): boolean {
  return effort !== 'none' && effort !== 'minimal'
}

import type { Config } from '../config/index.ts'
import { acceptsPrefill } from '../exchange/index.ts'
import { toRouting } from './routing.ts'

/** Tells of a model of this configuration, by its name, whether some platform of it continues a half answer. */
export function continuedIn(config: Config): (model: string) => boolean {
  const routing = toRouting(config)
  return (model) => routing.route(model, 'openai-chat')?.stages[0]?.some(acceptsPrefill) === true
}

import type { Config, PolicyConfig, WorkflowConfig } from '../config/index.ts'
import { continuedIn } from '../engine/index.ts'

/** What keeps `limited: continue` from what it says, a sentence for each policy that has it. */
export function renderLimited(config: Config): readonly string[] {
  const { defaults, workflows } = config
  const named: readonly (readonly [string, PolicyConfig & Partial<WorkflowConfig>])[] = [
    ['no workflow', defaults],
    ...workflows,
  ]
  return named.flatMap(([name, policy]) => {
    const problem = policy.limited === 'continue' ? problemOf(policy, config) : undefined
    return problem === undefined ? [] : [`${name}: continue ${problem}`]
  })
}

function problemOf(
  { attempts, seam, delivery, model }: PolicyConfig & Partial<WorkflowConfig>,
  config: Config,
): string | undefined {
  if (attempts === 1) return 'does nothing: going on takes another attempt, and attempts is 1.'
  const asked =
    model === undefined ? [...config.models.keys()] : [model, ...(config.models.get(model)?.fallbacks ?? [])]
  const isContinued = continuedIn(config)
  const ends = asked.filter((each) => !isContinued(each))
  if (seam !== 'instruct' && ends.length > 0)
    return `goes on with no answer of ${ends.join(', ')}: no platform there has both prefill: accepted and a model that continues, and seam is not instruct.`
  return delivery === 'live'
    ? 'goes on only with answers that are not streamed: streams have delivery: live.'
    : undefined
}

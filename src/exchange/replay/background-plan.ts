import type { AttemptEvidence } from '../../evidence/index.ts'
import type { Platform, Route } from '../admission/routing.ts'

/** One request in the background. */
export interface BackgroundTry {
  readonly platform: Platform
  /** A cut that hits every stream of a platform may spare its whole answers, to which agents fall back for that reason. */
  readonly stream: boolean
}

/**
 * Where a cut answer is finished, in order: by a platform that has answered, but not what could go on behind the text that was
 * delivered; by another platform of its model, else by the same, as a whole answer; then by
 * another model; last as a stream of the same, which is what was cut. Where only one more answer may die, it is a whole one. `made`:
 * the attempts so far.
 */
export function planOf(
  { stages }: Route,
  made: readonly AttemptEvidence[],
  answersLeft: number,
): readonly BackgroundTry[] {
  const tried = new Set(made.map(nameOf))
  const [own = [], ...others] = stages
  const answering = new Set(made.filter(({ reason }) => reason === 'diverged').map(nameOf))
  const fresh = (platforms: readonly Platform[]): readonly BackgroundTry[] =>
    platforms.filter(({ name }) => !tried.has(name)).map((platform) => ({ platform, stream: true }))
  const again = own.filter(({ name }) => tried.has(name) && !answering.has(name)).slice(0, 1)
  const plan = [
    ...stages
      .flat()
      .filter(({ name }) => answering.has(name))
      .map((platform) => ({ platform, stream: true })),
    ...fresh(own),
    ...again.map((platform) => ({ platform, stream: false })),
    ...fresh(others.flat()),
    ...again.map((platform) => ({ platform, stream: true })),
  ]
  return answersLeft > 1 ? plan : plan.map(({ platform }) => ({ platform, stream: false }))
}

function nameOf({ provider, model }: AttemptEvidence): string {
  return `${provider}/${model}`
}

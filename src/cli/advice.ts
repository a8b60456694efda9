import type { Config, ModelConfig, ProfileName, WorkflowConfig } from '../config/index.ts'

/**
 * What a missing or half answer does. The rule: could it cost money, harm a user or corrupt data, then the gap is worth
 * closing; if somebody only waits, a retry will do.
 */
export const CONSEQUENCES = [
  'harms-users',
  'costs-money',
  'corrupts-data',
  'somebody-waits',
  'run-again-later',
  'nothing',
] as const
export type Consequence = (typeof CONSEQUENCES)[number]

/** From the least protection to the most. */
const PROFILES: readonly ProfileName[] = ['prototype', 'batch', 'internal', 'customer', 'critical']

const FITS: Readonly<Record<Consequence, { readonly profile: ProfileName; readonly because: string }>> = {
  'harms-users': { profile: 'critical', because: 'a missing or half answer harms a user' },
  'costs-money': { profile: 'customer', because: 'a missing or half answer costs money' },
  'corrupts-data': { profile: 'customer', because: 'a half answer corrupts data without a word' },
  'somebody-waits': { profile: 'internal', because: 'somebody waits for the answer, and can' },
  'run-again-later': { profile: 'batch', because: 'running it again later is acceptable' },
  nothing: { profile: 'prototype', because: 'nothing hangs on the answer' },
}

export interface Advice {
  readonly profile: ProfileName
  /** Half sentences. */
  readonly because: readonly string[]
  /** What the profile cannot give as things are configured. */
  readonly lacks: readonly string[]
  /** `more`: than the workflow has; `less`: would do. */
  readonly than: 'more' | 'same' | 'less'
}

/**
 * Which profile suits a workflow, by what its user says of it, else by what the configuration shows; `undefined` where
 * neither says anything.
 */
export function adviceFor(
  workflow: WorkflowConfig,
  said: readonly Consequence[],
  { models }: Pick<Config, 'models'>,
): Advice | undefined {
  const found = said.length > 0 ? said.map((each) => FITS[each]) : shownBy(workflow)
  const highest = PROFILES.findLast((profile) => found.some((each) => each.profile === profile))
  if (highest === undefined) return undefined
  const difference = PROFILES.indexOf(highest) - PROFILES.indexOf(workflow.profile)
  return {
    profile: highest,
    because: found.filter(({ profile }) => profile === highest).map(({ because }) => because),
    lacks: lacksOf(highest, workflow.model === undefined ? undefined : models.get(workflow.model)),
    than: difference > 0 ? 'more' : difference < 0 ? 'less' : 'same',
  }
}

function shownBy({ value, schemaFile, expect }: WorkflowConfig): readonly { profile: ProfileName; because: string }[] {
  const parsed = schemaFile === undefined ? expect && 'expect' : 'schema'
  return [
    ...(value === undefined
      ? []
      : [
          {
            ...FITS['costs-money'],
            because: `it declares ${value.amount} ${value.currency} per ${value.per} to be at stake`,
          },
        ]),
    // Something reads the fields; whether what it does with them can be undone is not in the configuration.
    ...(parsed === undefined
      ? []
      : [{ profile: 'internal' as const, because: `a program reads its answers (${parsed})` }]),
  ]
}

function lacksOf(profile: ProfileName, model: ModelConfig | undefined): readonly string[] {
  const isProtected = profile === 'customer' || profile === 'critical'
  if (!isProtected || model === undefined || model.fallbacks.length > 0 || model.platforms.length > 1) return []
  return [`its model ${model.name} has one platform and no fallback, so nothing can stand in for it`]
}

/** One line for a person. */
export function sentenceOf(workflow: WorkflowConfig, advice: Advice | undefined): string {
  const { name, profile } = workflow
  if (advice === undefined)
    return `${name}: could a missing or half answer cost money, harm a user or corrupt data? \`fullstop check --advise --workflow ${name} --missing …\` says which profile suits it.`
  const why = advice.because.join(', and ')
  const rest = advice.lacks.map((lack) => ` But ${lack}.`).join('')
  switch (advice.than) {
    case 'more':
      return `${name}: ${advice.profile} rather than ${profile}, since ${why}.${rest}`
    case 'same':
      return `${name}: ${profile} suits it, since ${why}.${rest}`
    case 'less':
      return `${name}: ${advice.profile} would do, since ${why}; ${profile} does more.${rest}`
  }
}

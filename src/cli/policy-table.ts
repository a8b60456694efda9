import {
  type ClientLimitsConfig,
  type Config,
  type DegradeConfig,
  formatDuration,
  type PolicyConfig,
  type WorkflowConfig,
} from '../config/index.ts'
import { table } from './table.ts'

const HEADS = [
  '',
  'profile',
  'delivery',
  'attempts',
  'deadline',
  'overload control',
  'hedge',
  'seam',
  'limited',
  'tool arguments',
  'answers must be',
]

/** What profiles, `defaults` and workflows come to, a line for each kind of request. */
export function renderPolicies({ defaults, workflows }: Config): readonly string[] {
  return table([
    HEADS,
    ['(no workflow)', ...cells(defaults), 'anything'],
    ...[...workflows.values()].map((workflow) => [workflow.name, ...cells(workflow), expectation(workflow)]),
  ])
}

function cells(policy: PolicyConfig): readonly string[] {
  const { profile, delivery, thinking, attempts, deadlineMs, overloadControl, hedge, limited, toolArguments } = policy
  return [
    profile,
    delivery === 'guarded' && thinking === 'hold' ? 'guarded, thinking held' : delivery,
    String(attempts),
    formatDuration(deadlineMs),
    overloadControl ? 'on' : 'off',
    hedge,
    canHaveSeam(policy) ? policy.seam : '–',
    limited,
    toolArguments,
  ]
}

/**
 * Under `hold` nothing breaks off, under `live` nothing that did is gone on with, and a seam is an attempt. What a limit stopped is
 * gone on with under both: under `live` where it is not streamed.
 */
function canHaveSeam({ delivery, attempts, limited }: PolicyConfig): boolean {
  return (delivery === 'guarded' || limited === 'continue') && attempts > 1
}

/** The policy as it works out for requests that say nothing else. */
export function inEffect<T extends PolicyConfig>(policy: T): T {
  return canHaveSeam(policy) ? policy : { ...policy, seam: 'off' }
}

function expectation({ schemaFile, expect }: WorkflowConfig): string {
  if (schemaFile !== undefined) return `valid under ${schemaFile}`
  return expect === undefined ? 'anything' : `JSON with ${expect.join(', ')}`
}

/** What a workflow gives where everything else failed, and whose answers wait for a person. */
export function renderEndings({ workflows }: Config): readonly string[] {
  return [...workflows.values()].flatMap(({ name, degrade, needsApproval, approval }) => {
    const { timeoutMs, onTimeout } = approval
    const instead = degrade === undefined ? [] : insteadOf(degrade)
    return [
      ...(needsApproval
        ? [
            `${name}: a person decides about each answer within ${formatDuration(timeoutMs)}, then ${onTimeout === 'answer' ? 'fixed words' : 'an error'}.`,
          ]
        : []),
      ...(instead.length === 0 ? [] : [`${name}: where nobody answers, labelled: ${instead.join(', then ')}.`]),
    ]
  })
}

function insteadOf({ cacheMs, model, answer }: DegradeConfig): readonly string[] {
  return [
    ...(cacheMs === undefined ? [] : [`the same request’s answer of the last ${formatDuration(cacheMs)}`]),
    ...(model === undefined ? [] : [`an answer of ${model}`]),
    ...(answer === undefined ? [] : ['fixed words']),
  ]
}

/** What each client that has limits may use, those that it did not say too. */
export function renderClientLimits({ clients }: Config): readonly string[] {
  return [...clients.values()].flatMap(({ name, limits }) =>
    limits === undefined ? [] : [`${name}: at most ${limitsOf(limits).join(', ')}.`],
  )
}

function limitsOf({ concurrent, requestsPerMinute, tokensPerMinute, repeats }: ClientLimitsConfig): readonly string[] {
  return [
    ...(concurrent === undefined ? [] : [`${concurrent} requests at once`]),
    ...(requestsPerMinute === undefined ? [] : [`${requestsPerMinute} requests a minute`]),
    ...(tokensPerMinute === undefined ? [] : [`${tokensPerMinute} tokens a minute`]),
    `${repeats} times the same request a minute`,
  ]
}

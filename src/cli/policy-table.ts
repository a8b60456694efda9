import { type Config, formatDuration, type PolicyConfig, type WorkflowConfig } from '../config/index.ts'
import { table } from './table.ts'

const HEADS = [
  '',
  'profile',
  'delivery',
  'attempts',
  'deadline',
  'overload control',
  'hedge',
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
    limited,
    toolArguments,
  ]
}

function expectation({ schemaFile, expect }: WorkflowConfig): string {
  if (schemaFile !== undefined) return `valid under ${schemaFile}`
  return expect === undefined ? 'anything' : `JSON with ${expect.join(', ')}`
}

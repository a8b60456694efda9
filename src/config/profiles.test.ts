import { expect, test } from 'bun:test'
import { parseConfig } from './parse.ts'
import type { WorkflowConfig } from './types.ts'

function policyOf(text: string): WorkflowConfig | undefined {
  const source = `providers:\n  a: { protocol: anthropic }\n${text}`
  const result = parseConfig(source, { source: 'f.yaml', env: {} })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.config.workflows.get('w')
}

test('a profile gives what neither the workflow nor the defaults say', () => {
  expect(policyOf('workflows: { w: { profile: batch } }')).toMatchObject({
    attempts: 6,
    deadlineMs: 3_600_000,
    overloadControl: true,
    hedge: 'off',
  })
  expect(policyOf('defaults: { profile: batch, attempts: 2 }\nworkflows: { w: { deadline: 5s } }')).toMatchObject({
    profile: 'batch',
    attempts: 2,
    deadlineMs: 5_000,
    overloadControl: true,
  })
  expect(
    policyOf('defaults: { profile: customer, hedge: p95 }\nworkflows: { w: { profile: prototype } }'),
  ).toMatchObject({ profile: 'prototype', overloadControl: false, hedge: 'p95', attempts: 4 })
})

test.each(['batch', 'internal', 'customer'])(
  '%s goes on with a text that breaks off, prototype where it is told to',
  (profile) => {
    expect(policyOf(`workflows: { w: { profile: ${profile} } }`)?.seam).toBe('proven')
    expect(policyOf(`defaults: { profile: ${profile} }\nworkflows: { w: { seam: instruct } }`)?.seam).toBe('instruct')
    expect(policyOf('workflows: { w: { profile: prototype } }')?.seam).toBe('off')
    expect(policyOf('defaults: { seam: proven }\nworkflows: { w: { profile: prototype } }')?.seam).toBe('proven')
  },
)

test.each(['batch', 'internal', 'customer'])('%s heeds the overload control, prototype does not', (profile) => {
  expect(policyOf(`workflows: { w: { profile: ${profile} } }`)?.overloadControl).toBe(true)
  expect(policyOf('workflows: { w: { profile: prototype } }')?.overloadControl).toBe(false)
})

test.each([
  ['prototype', 'pass'],
  ['batch', 'pass'],
  ['internal', 'pass'],
  ['customer', 'reroute'],
] as const)('under %s a limited answer is: %s', (profile, limited) => {
  expect(policyOf(`workflows: { w: { profile: ${profile} } }`)).toMatchObject({ limited, toolArguments: 'enforce' })
  expect(policyOf(`workflows: { w: { profile: ${profile}, limited: error } }`)?.limited).toBe('error')
  expect(policyOf(`defaults: { limited: pass }\nworkflows: { w: { profile: ${profile} } }`)?.limited).toBe('pass')
})

test('half an answer is none where answers have to meet something', () => {
  expect(policyOf('defaults: { limited: pass, delivery: live }\nworkflows: { w: { expect: [id] } }')).toMatchObject({
    limited: 'reroute',
    delivery: 'hold',
    expect: ['id'],
    schema: { required: ['id'] },
  })
  expect(policyOf('workflows: { w: { expect: [id], limited: error } }')?.limited).toBe('error')
})

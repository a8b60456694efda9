import { deepEqual, ok } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ALL_PATHS } from '../clients/index.ts'
import type { Measured } from '../faults/measure.ts'
import { allMeasured } from '../faults/measured.ts'
import { isServed } from '../served.ts'

const measured = await allMeasured()

/** Few of them tell as much as all. */
function described(wrong: readonly Measured[]): readonly string[] {
  const lines = wrong.map((each) => {
    const { cell, script, way, provider, delivery, error } = each
    return `${cell}: ${script}, ${way} on ${provider}, ${delivery}: ${error}`
  })
  return wrong.length <= 8 ? lines : [`${wrong.length} cases, among them`, ...lines.slice(0, 8)]
}

function of(client: string, way: Measured['way'], isFaulty: boolean): readonly Measured[] {
  return measured.filter((each) => each.client === client && each.way === way && (each.fault !== 'none') === isFaulty)
}

for (const { name, protocol } of ALL_PATHS.filter(({ protocol }) => isServed(protocol))) {
  describe(name, () => {
    test(`takes a whole answer for a success (${protocol})`, () => {
      const whole = of(name, 'alone', false)
      ok(whole.length > 0)
      deepEqual(described(whole.filter(({ cell }) => cell !== 'ok')), [])
    })

    test('never takes an incomplete answer for a success, and is not left waiting', () => {
      const faulty = of(name, 'alone', true)
      ok(faulty.length > 0)
      deepEqual(described(faulty.filter(({ cell }) => cell !== 'error' && cell !== 'flagged')), [])
    })

    test('is shown no tool call of an answer that fails', () => {
      deepEqual(described(of(name, 'alone', true).filter(({ showedCall }) => showedCall)), [])
    })

    test('has the answer of the second platform where the first fails in hold', () => {
      const backed = of(name, 'backed', true)
      ok(backed.length > 0)
      deepEqual(described(backed.filter(({ cell }) => cell !== 'ok')), [])
    })
  })
}

describe('straight to the upstream', () => {
  // Were there none of them, the measurement would prove nothing.
  test('the same faults make false successes', () => {
    const direct = measured.filter(({ way }) => way === 'direct')
    const fooled = direct.filter(({ cell }) => cell === 'false success').map(({ client }) => client)
    const due = [
      'openai raw iterator',
      'anthropic raw iterator',
      '@google/genai stream',
      'LangChain ChatOpenAI `stream()`',
    ]
    deepEqual(
      due.filter((client) => !fooled.includes(client)),
      [],
    )
  })

  test('whole answers are successes', () => {
    const whole = ALL_PATHS.flatMap(({ name }) => of(name, 'direct', false))
    deepEqual(described(whole.filter(({ cell }) => cell !== 'ok')), [])
  })
})

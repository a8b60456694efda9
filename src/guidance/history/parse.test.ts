import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { formatProblems } from '../../yaml/index.ts'
import { historyJsonSchema, parseHistory, starterHistory } from './index.ts'

const head = `subject: { name: x }
asOf: 2026-12-31
sources:
  - { id: own, type: primary, title: t, usedFor: u }
`

function history(events: string, rest = ''): string {
  return `${head}incidents:
  - id: i
    title: One
    class: c
    sources: [own]
    events:
${events
  .trim()
  .split('\n')
  .map((line) => `      - ${line.trim()}`)
  .join('\n')}
${rest}`
}

/** What is said about a history, one line a problem. */
function said(text: string): string {
  const result = parseHistory(text, { source: 'h.yaml' })
  return result.ok ? 'fine' : formatProblems(result.problems)
}

const introduced = '{ at: 2026-03-02T10:00:00Z, kind: introduced, text: in, sources: [own] }'

describe('a history that is refused', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'fixed before introduced',
      history(`${introduced}\n{ at: 2026-03-01T10:00:00Z, kind: fixed, text: out, sources: [own] }`),
      'h.yaml:12:15 incidents[0].events[1].at: fixed (2026-03-01 10:00 UTC) before introduced (2026-03-02 10:00 UTC)',
    ],
    [
      'detected a day before',
      history(`${introduced}\n{ at: 2026-03-01, kind: detected, by: staff, text: seen, sources: [own] }`),
      'detected (2026-03-01) before introduced',
    ],
    [
      'resurfaced before fixed',
      history(
        '{ at: 2026-03-02, kind: fixed, text: out, sources: [own] }\n{ at: 2026-03-01, kind: resurfaced, text: back, sources: [own] }',
      ),
      'resurfaced (2026-03-01) before fixed',
    ],
    [
      'a time without a zone',
      history('{ at: 2026-03-02T10:00:00, kind: fixed, text: out, sources: [own] }'),
      'h.yaml:11:15 incidents[0].events[0].at: this time has no zone; write 2026-03-02T10:00:00Z',
    ],
    [
      'a day that does not exist',
      history('{ at: 2026-02-30, kind: fixed, text: out, sources: [own] }'),
      'there is no such day or time as 2026-02-30',
    ],
    [
      'no time at all',
      history('{ at: yesterday, kind: fixed, text: out, sources: [own] }'),
      'expected a time with its zone such as 2026-03-02T11:30:00Z',
    ],
    [
      'an unknown key',
      history('{ at: 2026-03-02, kind: fixed, text: out, source: [own] }'),
      'unknown key "source"; did you mean "sources"?',
    ],
    [
      'an unknown key of a practice',
      `${history(introduced)}practices:\n  - { id: p, kind: evaluation, text: t, state: in-place, runOn: production-traffic, when: continuous, sources: [own] }\n`,
      'unknown key "runOn"; did you mean "runsOn"?',
    ],
    [
      'an unknown kind of event',
      history('{ at: 2026-03-02, kind: repaired, text: out, sources: [own] }'),
      'expected one of introduced, amplified',
    ],
    [
      'an unknown source',
      history('{ at: 2026-03-02, kind: fixed, text: out, sources: [owm] }'),
      'there is no source "owm"; did you mean "own"?',
    ],
    [
      'no source',
      history('{ at: 2026-03-02, kind: fixed, text: out, sources: [] }'),
      'expected at least one source id',
    ],
    ['two introductions', history(`${introduced}\n${introduced}`), 'this incident was introduced already'],
    [
      'a first report that is not the first',
      history(
        '{ at: 2026-03-02, kind: user-report, first: true, text: a, sources: [own] }\n{ at: 2026-03-01, kind: user-report, text: b, sources: [own] }',
      ),
      'this is not the first user report',
    ],
    [
      'an event after the end',
      history('{ at: 2027-01-02, kind: fixed, text: out, sources: [own] }'),
      'lies after 2026-12-31',
    ],
    [
      'a total that is too small',
      history(introduced, 'period: { from: 2026-01-01, to: 2026-12-31, incidents: 0, sources: [own] }'),
      'the total is 0, but 1 incidents are described',
    ],
    [
      'a period that ends before it begins',
      history(introduced, 'period: { from: 2026-05-01, to: 2026-01-01, sources: [own] }'),
      'the period ends before it begins',
    ],
    [
      'closed before promised',
      history(
        introduced,
        'remediations:\n  - { id: r, text: t, incidents: [i], promised: 2026-05-01, closed: 2026-04-01, state: closed, sources: [own] }',
      ),
      'closed (2026-04-01) before promised',
    ],
    [
      'closed, but open',
      history(
        introduced,
        'remediations:\n  - { id: r, text: t, incidents: [i], closed: 2026-04-01, state: open, sources: [own] }',
      ),
      'it has a day of closing, but is "open"',
    ],
    [
      'two things of one name',
      history(introduced, 'remediations:\n  - { id: i, text: t, incidents: [i], state: open, sources: [own] }'),
      '"i" is the id of something in incidents already',
    ],
    [
      'a link that runs something',
      `${head.replace('usedFor', 'url: "javascript:alert(1)", usedFor')}incidents: []\n`,
      'expected an address that begins with https://',
    ],
    ['no YAML', 'incidents: [', 'h.yaml:1:'],
    ['another document', '42', 'expected a mapping'],
  ]
  for (const [name, text, message] of cases) test(name, () => expect(said(text)).toContain(message))

  test('all of it at once, in the order of the file', () => {
    const lines = said(
      history(
        '{ at: 2026-03-02T10:00:00, kind: fixed, text: out, sources: [own] }\n{ at: nope, kind: fixed, text: out, sources: [own] }',
      ),
    ).split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['h.yaml:11:15', 'h.yaml:12:15'])
  })
})

describe('a history that is taken', () => {
  test('gaps are no errors', () =>
    expect(said(history('{ at: 2026-03, kind: fixed, text: out, sources: [own] }'))).toBe('fine'))
  test('order that cannot be told is no contradiction', () => {
    expect(
      said(
        history(
          '{ at: 2026-03-02, kind: introduced, text: in, sources: [own] }\n{ at: 2026-03-02T01:00:00Z, kind: fixed, text: out, sources: [own] }',
        ),
      ),
    ).toBe('fine')
  })
  test('offsets are read', () => {
    const result = parseHistory(
      history('{ at: 2026-03-02T02:00:00-08:00, kind: introduced, text: in, sources: [own] }'),
      { source: 'h' },
    )
    expect(result.ok && result.facts.incidents[0]?.events[0]?.at.fromMs).toBe(Date.UTC(2026, 2, 2, 10))
  })
  test('the starter file', () => expect(said(starterHistory)).toBe('fine'))

  const json = {
    subject: { name: 'x' },
    asOf: '2026-12-31',
    sources: [{ id: 'own', type: 'primary', title: 't', usedFor: 'u' }],
    incidents: [],
  }
  test('JSON', () => expect(said(JSON.stringify(json))).toBe('fine'))
  test('but not JSON in which a key stands twice', () => {
    expect(said(JSON.stringify(json).replace('"asOf"', '"asOf":"2026-01-01","asOf"'))).toContain(
      '"asOf" stands here twice',
    )
  })
})

test('the JSON Schema in docs/ is current (else run: bun scripts/incidents-schema.ts)', () => {
  const file: unknown = JSON.parse(
    readFileSync(new URL('../../../docs/incidents.schema.json', import.meta.url), 'utf8'),
  )
  expect(file).toEqual(JSON.parse(JSON.stringify(historyJsonSchema())))
})

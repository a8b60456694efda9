// `bun bench/diagnosis.ts`: what a diagnosis of 1,000 incidents with 20,000 events costs.
import { diagnose, parseHistory, toHtml, toJson } from '../src/guidance/index.ts'
import { random as seededRandom } from './random.ts'

const INCIDENTS = 1_000
const EVENTS = 20
const BUDGET_S = 2

const KINDS = [
  'amplified',
  'user-report',
  'detected',
  'acknowledged',
  'mitigated',
  'fixed',
  'resurfaced',
  'communicated',
]
const random = seededRandom(1)

function history(): unknown {
  return {
    subject: { name: 'Large', platforms: ['a', 'b'] },
    asOf: '2026-12-31',
    period: {
      from: '2025-01-01',
      to: '2026-12-31',
      incidents: INCIDENTS,
      remediations: INCIDENTS,
      changes: 5_000,
      sources: ['own'],
    },
    sources: [
      { id: 'own', type: 'primary', title: 'Incident log', usedFor: 'everything' },
      { id: 'press', type: 'secondary', title: 'Press', usedFor: 'user reports' },
    ],
    incidents: Array.from({ length: INCIDENTS }, (_, index) => incident(index)),
    remediations: Array.from({ length: INCIDENTS }, (_, index) => ({
      id: `r${index}`,
      text: 'Repair what broke.',
      incidents: [`i${index}`],
      owner: 'Kim',
      due: '2026-06-01',
      state: 'open',
      sources: ['own'],
    })),
  }
}

function incident(index: number): unknown {
  const start = Date.UTC(2025, 0, 1) + index * 6 * 3_600_000
  const at = (minute: number): string => new Date(start + minute * 60_000).toISOString().replace('.000Z', 'Z')
  const events = Array.from({ length: EVENTS - 2 }, (_, number) => {
    const kind = KINDS[Math.floor(random() * KINDS.length)] ?? 'communicated'
    const by = kind === 'detected' ? { by: random() < 0.5 ? 'monitoring' : 'users' } : {}
    return {
      at: at(number + 2),
      kind,
      text: `Something happened in the serving layer, number ${number}.`,
      ...by,
      sources: [random() < 0.5 ? 'own' : 'press'],
    }
  })
  return {
    id: `i${index}`,
    title: `Incident ${index}`,
    class: `class ${index % 40}`,
    events: [
      { at: at(0), kind: 'introduced', text: 'A change came in.', validated: 'some-platforms', sources: ['own'] },
      { at: at(1), kind: 'fixed', text: 'It was fixed.', sources: ['own'] },
      ...events,
    ],
    sources: ['own'],
  }
}

function cpuSeconds<T>(work: () => T): { readonly seconds: number; readonly result: T } {
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (user + system) / 1e6, result }
}

const text = JSON.stringify(history())
const parsed = cpuSeconds(() => parseHistory(text, { source: 'large.json' }))
if (!parsed.result.ok) throw new Error(JSON.stringify(parsed.result.problems.slice(0, 3)))
const { facts } = parsed.result
const diagnosed = cpuSeconds(() => diagnose(facts))
const json = cpuSeconds(() => JSON.stringify(toJson(diagnosed.result)))
const page = cpuSeconds(() => toHtml(diagnosed.result))
// The same as YAML: indented JSON that the quick way does not take, since it begins with a comment.
const yaml = cpuSeconds(() => parseHistory(`# YAML\n${text}`, { source: 'large.yaml' }))

const whole = parsed.seconds + diagnosed.seconds + json.seconds
console.log(
  `incidents ${INCIDENTS}, events ${INCIDENTS * EVENTS}, ${(text.length / 1e6).toFixed(1)} MB; CPU seconds, cold`,
)
console.log(`  read JSON      ${parsed.seconds.toFixed(2)}`)
console.log(`  diagnose       ${diagnosed.seconds.toFixed(2)}`)
console.log(
  `  write JSON     ${json.seconds.toFixed(2)}   (budget for these three: ${BUDGET_S}; they take ${whole.toFixed(2)})`,
)
console.log(`  write the page ${page.seconds.toFixed(2)}   (${(page.result.length / 1e6).toFixed(1)} MB)`)
console.log(`  read YAML      ${yaml.seconds.toFixed(2)}   (instead of JSON; nearly all of it is the YAML library)`)
process.exitCode = whole < BUDGET_S && diagnosed.seconds < BUDGET_S ? 0 : 1

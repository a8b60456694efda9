import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Process, startSimulatedProviders } from '../gateway-process.ts'
import { DIES, type Situation, startInSituation } from './examples/gateways.ts'
import { COMPLETE, EXAMPLES } from './examples/programs.ts'
import { type Ended, EXAMPLES_FOLDER, type Installed, installExamples } from './examples/run.ts'

const providers = await startSimulatedProviders()
const installed: Installed = await installExamples()
after(async () => {
  await providers.stop()
  await installed.remove()
})

/** Whether the first platform's failures are to be hidden, or nobody can finish. */
const HEALED: readonly Situation[] = [
  { title: 'where all is well', first: '', others: '', delivery: 'live' },
  { title: 'where the first platform refuses', first: '+status=503', others: '', delivery: 'live' },
  { title: 'where the first platform dies in mid-answer', first: DIES, others: '', delivery: 'hold' },
]
const HOPELESS: Situation = {
  title: 'where every platform dies in mid-answer',
  first: DIES,
  others: DIES,
  delivery: 'live',
}

function describeSituation(situation: Situation, check: (name: string, run: () => Promise<Ended>) => void): void {
  describe(situation.title, () => {
    let gateway: Process
    before(async () => {
      gateway = await startInSituation(providers.url, situation)
    })
    after(() => gateway.stop())
    for (const { path } of EXAMPLES) check(path, () => installed.run(path, gateway.url))
  })
}

for (const situation of HEALED)
  describeSituation(situation, (path, run) => {
    test(`${path} gives the whole answer`, async () => {
      const { code, output, errors } = await run()
      equal(code, 0, output + errors)
      match(output, EXAMPLES.find((example) => example.path === path)?.says ?? /^$/)
      doesNotMatch(errors, /error|incomplete|No complete|Nothing was done/i)
    })
  })

describeSituation(HOPELESS, (path, run) => {
  test(`${path} says that it has no complete answer`, async () => {
    const { code, output, errors } = await run()
    equal(code, 1, output + errors)
    doesNotMatch(output, COMPLETE)
    match(errors, /no complete (?:answer|reply)|Nothing was done/i)
    // The reason is said, and it is the gateway's or the transport's, not a mistake of the example.
    doesNotMatch(errors, /TypeError: (?!terminated)|ReferenceError|undefined/)
  })
})

describe('the fallback node', () => {
  test('is taken where the primary model cannot finish', async () => {
    const gateway = await startInSituation(providers.url, { ...HOPELESS, first: '', others: '' }, ['sim-sonnet'])
    const { code, output, errors } = await installed.run('langgraph/fallback-node.mjs', gateway.url)
    await gateway.stop()
    equal(code, 0, errors)
    match(output, /from the fallback node/)
    match(errors, /^primary: /m)
  })
})

describe('the folder', () => {
  test('has no program that is not run', async () => {
    const programs = (await readdir(EXAMPLES_FOLDER, { recursive: true })).filter((name) => name.endsWith('.mjs'))
    // Those with the gateway inside are tested with the package.
    const due = programs.filter((name) => !name.startsWith('in-process') && !name.includes('node_modules'))
    deepEqual(due.toSorted(), EXAMPLES.map(({ path }) => path).toSorted())
  })

  test('asks for the versions that these tests run', async () => {
    const asked = await dependenciesOf(join(EXAMPLES_FOLDER, 'package.json'))
    const run = await dependenciesOf(new URL('../package.json', import.meta.url))
    ok(Object.keys(asked).length > 0)
    deepEqual(asked, Object.fromEntries(Object.keys(asked).map((name) => [name, run[name]])))
  })
})

async function dependenciesOf(path: string | URL): Promise<Record<string, string>> {
  const { dependencies } = JSON.parse(await readFile(path, 'utf8')) as { dependencies: Record<string, string> }
  return dependencies
}

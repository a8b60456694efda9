import { PROTOCOLS } from '../support/corpus.ts'
import { answerOf, contentOf, type Scenario } from './answers.ts'
import type { ClientPath, Reading } from './client-path.ts'
import { CLIENT_PATHS } from './clients.ts'
import { alone, hasCustomTools, startGateway } from './gateway.ts'
import { inParallel } from './pool.ts'
import { type Fault, FAULTS, type Script, scriptsFor, toModel, whole } from './script.ts'
import { type ScriptedUpstream, startUpstream } from './upstream.ts'

/** What a client path makes of one way to fail, the worst of all the places where it was tried. */
export type Cell = 'false success' | 'hangs' | 'unproven success' | 'error' | 'ok' | 'not asked'

export interface Row {
  readonly client: string
  readonly asked: 'text' | 'tools'
  readonly cells: ReadonlyMap<Fault, Cell>
}

export interface ClientTable {
  readonly direct: readonly Row[]
  readonly throughFullstop: readonly Row[]
}

export const COLUMNS: readonly Fault[] = ['none', ...FAULTS]

/** Worst first. */
const CELLS: readonly Cell[] = ['false success', 'hangs', 'unproven success', 'error', 'ok']
/** How long a client of the table waits; the faults but `stall` take a tenth of it. */
const PATIENCE_MS = 3_000
const SCENARIOS = { text: ['text'], tools: ['tool', 'parallel', 'custom'] } as const

/** Asks every client path about every fault, straight and through Fullstop. */
export async function clientTable(): Promise<ClientTable> {
  const upstream = await startUpstream()
  const gateway = startGateway({ upstreamUrl: upstream.url, patienceMs: 600, totalMs: 1_000 })
  try {
    const direct = (script: Script, path: ClientPath): Promise<readonly Cell[]> => askDirect(upstream, script, path)
    const through = (script: Script, path: ClientPath): Promise<readonly Cell[]> =>
      askThrough(gateway.url, script, path)
    return { direct: await rows(direct), throughFullstop: await rows(through) }
  } finally {
    await gateway.stop(0)
    await upstream.stop()
  }
}

type Asking = (script: Script, path: ClientPath) => Promise<readonly Cell[]>

async function rows(asking: Asking): Promise<readonly Row[]> {
  const all = CLIENT_PATHS.flatMap((path) => (['text', 'tools'] as const).map((asked) => ({ path, asked })))
  return Promise.all(
    all.map(async ({ path, asked }) => {
      const scenarios = SCENARIOS[asked].filter((scenario) => hasCustomTools(path.protocol) || scenario !== 'custom')
      const cells = new Map<Fault, Cell>()
      for (const fault of COLUMNS) cells.set(fault, await worst(scenarios, fault, path, asking))
      return { client: path.name, asked, cells }
    }),
  )
}

async function worst(scenarios: readonly Scenario[], fault: Fault, path: ClientPath, asking: Asking): Promise<Cell> {
  const asked = { provider: path.protocol, streamed: path.streamed }
  const scripts = scenarios.flatMap((scenario) =>
    fault === 'none' ? [whole(scenario)] : scriptsFor(scenario, fault, asked),
  )
  const seen = (await inParallel(scripts, (script) => asking(script, path))).flat()
  return CELLS.find((cell) => seen.includes(cell)) ?? 'not asked'
}

async function askDirect(upstream: ScriptedUpstream, script: Script, path: ClientPath): Promise<readonly Cell[]> {
  const { scenario } = script
  const reading = await path.ask({ url: upstream.url, model: toModel(script), scenario, patienceMs: PATIENCE_MS })
  return [toCell(script, reading)]
}

/** One platform that always fails: of the client's protocol and of the others, live and held. */
async function askThrough(url: string, script: Script, path: ClientPath): Promise<readonly Cell[]> {
  const { scenario, fault } = script
  const providers = PROTOCOLS.filter((provider) => {
    const isPlayed = fault === 'none' || scriptsFor(scenario, fault, { provider, streamed: path.streamed }).length > 0
    return isPlayed && (scenario !== 'custom' || hasCustomTools(provider))
  })
  const asked = providers.flatMap((provider) =>
    (['live', 'hold'] as const).map((delivery) => ({
      model: alone(script, provider),
      headers: { 'x-fullstop-delivery': delivery },
    })),
  )
  const readings = asked.map((each) => path.ask({ url, scenario, patienceMs: PATIENCE_MS, ...each }))
  return (await Promise.all(readings)).map((reading) => toCell(script, reading))
}

function toCell({ scenario, telling, fault }: Script, { outcome, timedOut, text, toolCalls }: Reading): Cell {
  if (timedOut) return 'hangs'
  if (outcome === 'error') return 'error'
  const isAll = Bun.deepEquals({ text, toolCalls }, contentOf(answerOf(scenario, telling)))
  if (!isAll) return 'false success'
  return fault === 'none' ? 'ok' : 'unproven success'
}

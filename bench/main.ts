// `npm run bench`: what Fullstop costs, against a bare relay and against Portkey's gateway, in one run.
import { Child } from './child.ts'
import {
  type Contender,
  type FullstopProcess,
  startFullstop,
  startPortkey,
  startRelay,
  translatingPortkey,
} from './contender.ts'
import { type CpuPlan, measureCpu } from './cpu.ts'
import { measureOpenStreams } from './open-streams.ts'
import { type Options, parseOptions, USAGE } from './options.ts'
import { writePage } from './page.ts'
import { installPortkey, type Portkey } from './portkey.ts'
import { type CpuBudget, cpuRow, isMissed, openStreamsRow, type Row, soakRow, toText } from './report.ts'
import { soak } from './soak.ts'
import {
  CHAT_JSON,
  chatOverMessages,
  chatStream,
  messagesOverChat,
  messagesStream,
  type Pacing,
  type Workload,
} from './traffic.ts'

/** What Fullstop may cost; docs/benchmarks.md holds what it does cost. */
const JSON_BUDGET = { relayTimes: 1.5, portkeyPart: 15 }
const STREAM_BUDGET = { relayTimes: 2, portkeyPart: 8 }
/** Of a stream that is translated. */
const TRANSLATION_BUDGET = { passthroughTimes: 1.6, portkeyPart: 6 }
const OPEN_STREAM_LIMIT_KB = 40

const JSON_PLAN = {
  requests: { relay: 5_000, passthrough: 5_000, fullstop: 5_000, portkey: 300 },
  // Until the just-in-time compilers have come to rest.
  warmUp: { relay: 20_000, passthrough: 20_000, fullstop: 20_000, portkey: 2_000 },
}
const STREAM_PLAN = {
  requests: { relay: 400, passthrough: 400, fullstop: 400, portkey: 60 },
  warmUp: { relay: 2_000, passthrough: 2_000, fullstop: 8_000, portkey: 1_000 },
}
const PACED_PLAN = {
  requests: { relay: 200, passthrough: 200, fullstop: 200, portkey: 200 },
  warmUp: STREAM_PLAN.warmUp,
}

const PACINGS: readonly (readonly [Pacing, string])[] = [
  ['burst', 'in a burst'],
  ['turns', 'one a turn'],
  ['paced', 'at a model’s pace'],
]

async function main(options: Options): Promise<number> {
  const rows: Row[] = []
  console.error('bench: eight to ten minutes; the machine should have nothing else to do')
  const portkey = options.portkey ? await findPortkey() : undefined
  const upstream = await Child.start('upstream.ts')
  try {
    rows.push(...(await cpuRows(options, portkey, upstream)))
    if (isWanted(options, 'memory')) rows.push(await memoryRow(options, upstream))
    if (isWanted(options, 'soak') && options.soakRequests > 0) rows.push(await soakingRow(options, upstream))
  } finally {
    await upstream.stop()
  }
  if (rows.length === 0) throw new Error(`--only ${options.only}: no measure has this in its name`)
  console.log(`\n${toText(rows)}\n`)
  if (options.write) await writePage(rows, options)
  if (!isMissed(rows)) return 0
  console.error('bench: a budget is missed')
  return 1
}

async function findPortkey(): Promise<Portkey | undefined> {
  try {
    return await installPortkey()
  } catch (error) {
    return onPortkeyMissing(error)
  }
}

function onPortkeyMissing(error: unknown): undefined {
  console.error(`bench: Portkey's gateway cannot be had, so the comparison with it is missing: ${messageOf(error)}`)
}

async function cpuRows(options: Options, portkey: Portkey | undefined, upstream: Child): Promise<readonly Row[]> {
  const running: Contender[] = []
  try {
    const relay = await startRelay(upstream)
    running.push(relay)
    const fullstop = await startFullstop(upstream)
    running.push(fullstop)
    const other = portkey === undefined ? undefined : await startPortkey(portkey, upstream).catch(onPortkeyMissing)
    if (other !== undefined) running.push(other)
    const all = other === undefined ? [relay, fullstop] : [relay, fullstop, other]
    if (options.pin) pinApart(upstream, all)
    const translatingOther = other === undefined ? [] : [translatingPortkey(other, upstream)]
    return await measureAll(options, { relay, fullstop, all, translatingOther })
  } finally {
    await Promise.all(running.map((contender) => contender.stop()))
  }
}

/** How often a gateway's threads have to wake each other depends on where the kernel puts them; this settles it. */
function pinApart(upstream: Child, gateways: readonly Contender[]): void {
  const pin = (pid: number, core: number): void => {
    const { success } = Bun.spawnSync(['taskset', '-a', '-p', '-c', String(core), String(pid)])
    if (!success) throw new Error('--pin: taskset failed; it needs util-linux and two cores')
  }
  for (const { pid } of gateways) pin(pid, 0)
  pin(upstream.pid, 1)
  pin(process.pid, 1)
}

interface Running {
  readonly relay: Contender
  readonly fullstop: FullstopProcess
  readonly all: readonly Contender[]
  /** Others that translate too, from OpenAI's protocol to Anthropic's. */
  readonly translatingOther: readonly Contender[]
}

async function measureAll(
  options: Options,
  { relay, fullstop, all, translatingOther }: Running,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  const measure = async (
    name: string,
    contenders: readonly Contender[],
    workloadOf: (contender: Contender) => Workload,
    budget: CpuBudget,
    plan: Omit<CpuPlan, 'rounds'>,
  ): Promise<void> => {
    if (!isWanted(options, name)) return
    const row = cpuRow(name, await measureCpu(contenders, workloadOf, { rounds: options.rounds, ...plan }), budget)
    console.error(`bench: ${name}: ${row.checks.map(({ value }) => value).join(', ')}`)
    rows.push(row)
  }
  const json = async (name: string, contenders: readonly Contender[]): Promise<void> =>
    measure(name, contenders, () => CHAT_JSON, JSON_BUDGET, JSON_PLAN)
  const streams = async (
    name: string,
    contenders: readonly Contender[],
    workloadOf: (pacing: Pacing, contender: Contender) => Workload,
    budget: CpuBudget,
  ): Promise<void> => {
    for (const [pacing, how] of PACINGS) {
      const plan =
        pacing === 'paced'
          ? { ...PACED_PLAN, warmUpWith: (contender: Contender) => workloadOf('turns', contender) }
          : STREAM_PLAN
      await measure(`${name}, ${how}`, contenders, (contender) => workloadOf(pacing, contender), budget, plan)
    }
  }

  await json('json answer, CPU a request', all)
  await json('json answer, model name not rewritten', [relay, fullstop.withoutRewriting])
  await streams('chat stream of 204 events', all, chatStream, STREAM_BUDGET)
  await streams('anthropic stream of 204 events', [relay, fullstop], messagesStream, STREAM_BUDGET)
  const passthrough: Contender = { ...fullstop, name: 'passthrough' }
  const translated = async (
    name: string,
    others: readonly Contender[],
    workloads: { readonly plain: (pacing: Pacing) => Workload; readonly translated: (pacing: Pacing) => Workload },
  ): Promise<void> =>
    streams(
      `translated stream, ${name}`,
      [relay, passthrough, fullstop.translating, ...others],
      (pacing, { name: who }) =>
        who === 'relay' || who === 'passthrough' ? workloads.plain(pacing) : workloads.translated(pacing),
      TRANSLATION_BUDGET,
    )
  await translated('Anthropic client and OpenAI upstream', [], { plain: chatStream, translated: messagesOverChat })
  await translated('OpenAI client and Anthropic upstream', translatingOther, {
    plain: messagesStream,
    translated: chatOverMessages,
  })
  return rows
}

async function memoryRow(options: Options, upstream: Child): Promise<Row> {
  const relay = await startRelay(upstream)
  const ofRelay = await measureOpenStreams(relay, options.streams).finally(relay.stop)
  const fullstop = await startFullstop(upstream)
  const ofFullstop = await measureOpenStreams(fullstop, options.streams).finally(fullstop.stop)
  console.error(`bench: memory: ${ofFullstop.kbEach.toFixed(1)} kB a stream`)
  return openStreamsRow(ofRelay, ofFullstop, OPEN_STREAM_LIMIT_KB)
}

async function soakingRow(options: Options, upstream: Child): Promise<Row> {
  const fullstop = await startFullstop(upstream)
  try {
    const result = await soak(fullstop, options.soakRequests, (done) => {
      if (process.stderr.isTTY) process.stderr.write(`\rbench: soak: ${done} of ${options.soakRequests}`)
    })
    console.error(
      `\nbench: soak: heap ${result.heapStartKb.toFixed(0)} to ${result.heapEndKb.toFixed(0)} kB, ` +
        `resident ${result.residentStartKb.toFixed(0)} to ${result.residentEndKb.toFixed(0)} kB after a warm-up of ${result.warmUp}`,
    )
    return soakRow(result)
  } finally {
    await fullstop.stop()
  }
}

function isWanted({ only }: Options, name: string): boolean {
  return only === undefined || name.includes(only)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function readOptions(): Options {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`bench: ${messageOf(error)}\n\n${USAGE}`)
    process.exit(2)
  }
}

process.exitCode = await main(readOptions()).catch((error: unknown) => {
  console.error(`bench: ${messageOf(error)}`)
  return 1
})

import { isDeepStrictEqual } from 'node:util'
import { answerOf, contentOf } from '../../clients/answers.ts'
import type { Reading } from '../../clients/client-path.ts'
import { type Fault, toModel } from '../../clients/script.ts'
import { startUpstream } from '../../clients/upstream.ts'
import { ALL_PATHS } from '../clients/index.ts'
import { type Process, startGateway } from '../gateway-process.ts'
import type { ProtocolName } from '../served.ts'
import { type Case, casesFor, type Delivery } from './cases.ts'
import { faultConfig } from './models.ts'

/** What a client made of an answer. */
export type Cell = 'false success' | 'hangs' | 'unproven success' | 'flagged' | 'error' | 'ok' | 'wrong content'

/** A case and its outcome, as they leave the measuring process. */
export interface Measured {
  readonly client: string
  readonly protocol: ProtocolName
  readonly asked: 'text' | 'tools'
  readonly fault: Fault
  readonly script: string
  readonly way: Case['way']
  readonly provider: ProtocolName
  readonly delivery: Delivery
  readonly cell: Cell
  /** The client showed a tool call of an answer that it then gave up. */
  readonly showedCall: boolean
  /** The exception's words. */
  readonly error: string
}

/** Nobody waits so long, ms: Fullstop's own time-outs are shorter. Only a client left alone reaches it. */
const PATIENCE_MS = 15_000
/** Straight to a silent upstream every client waits, and there is no more to learn by waiting longer, ms. */
const SILENT_PATIENCE_MS = 1_000
const WIDTH = 16

/** Asks every client path about every fault, straight and through a running gateway. */
export async function measure(onProgress: (done: number, all: number) => void): Promise<readonly Measured[]> {
  const upstream = await startUpstream()
  const gateway = await startGateway(faultConfig(upstream.url))
  try {
    const cases = ALL_PATHS.flatMap(casesFor)
    const queue = [...cases]
    const measured: Measured[] = []
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        measured.push(await measureOne(next, upstream.url, gateway))
        onProgress(measured.length, cases.length)
      }
    }
    await Promise.all(Array.from({ length: WIDTH }, worker))
    return measured
  } finally {
    await gateway.stop()
    await upstream.stop()
  }
}

async function measureOne(each: Case, upstreamUrl: string, gateway: Process): Promise<Measured> {
  const { path, script, way, provider, delivery, model } = each
  const isDirect = way === 'direct'
  const reading = await path.ask({
    url: isDirect ? upstreamUrl : gateway.url,
    model,
    scenario: script.scenario,
    headers: isDirect ? {} : { 'x-fullstop-delivery': delivery },
    patienceMs: isDirect && script.fault === 'stall' ? SILENT_PATIENCE_MS : PATIENCE_MS,
  })
  return {
    client: path.name,
    protocol: path.protocol,
    asked: script.scenario === 'text' ? 'text' : 'tools',
    fault: script.fault,
    script: toModel(script),
    way,
    provider,
    delivery,
    cell: toCell(each, reading),
    showedCall: reading.outcome !== 'success' && reading.toolCalls.length > 0,
    error: reading.error.slice(0, 300),
  }
}

function toCell({ script, way }: Case, { outcome, timedOut, text, toolCalls }: Reading): Cell {
  if (timedOut) return 'hangs'
  if (outcome !== 'success') return outcome
  const telling = way === 'backed' ? 'second' : 'first'
  const isAll = isDeepStrictEqual({ text, toolCalls }, contentOf(answerOf(script.scenario, telling)))
  if (way === 'backed') return isAll ? 'ok' : 'wrong content'
  if (!isAll) return script.fault === 'none' ? 'wrong content' : 'false success'
  return script.fault === 'none' ? 'ok' : 'unproven success'
}

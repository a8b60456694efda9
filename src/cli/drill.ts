import { profiles, simulatedConfig } from '../config/index.ts'
import { Engine } from '../engine/index.ts'
import {
  compareApproaches,
  type DrillDelivery,
  type DrillGateway,
  drills,
  type DrillWorld,
  comparisonToHtml,
  drillToHtml,
  findDrill,
  renderComparison,
  renderDrill,
  runDrill,
} from '../lab/index.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { entry } from './table.ts'
import { writeText } from './text-files.ts'

export interface DrillCommandOptions {
  /** By default the drill's own. */
  readonly requests?: number
  readonly seed: number
  /** By default the drill's own. */
  readonly delivery?: DrillDelivery
  readonly json?: boolean
  readonly report?: string
}

/** `fullstop drill NAME|list|compare`: exits with 1 where Fullstop let a truncated answer pass as a success. */
export async function drill(name: string, options: DrillCommandOptions): Promise<void> {
  if (name === 'list') return list(options.json === true)
  if (options.requests !== undefined && options.requests < 1)
    throw new CommandFailure(`--requests: expected at least 1, got ${options.requests}.`, EXIT.usage)
  if (name === 'compare') return compare(options)
  if (!drills.has(name)) throw new CommandFailure(`Unknown drill "${name}". Known:\n${lines()}`, EXIT.usage)
  const { requests, seed, delivery, json = false, report } = options
  const progress = progressLine()
  const result = await runDrill(
    { drill: name, requests, seed, delivery },
    {
      createGateway,
      onProgress: (phase, done, total) =>
        progress.update(`${phase === 'direct' ? 'without Fullstop' : 'with Fullstop'}: ${done} of ${total} requests`),
    },
  )
  progress.clear()
  if (report !== undefined) await writeText(report, drillToHtml(result))
  console.log(json ? JSON.stringify(result) : renderDrill(result))
  if (report !== undefined) console.error(`Written: ${report}`)
  const { fullstop } = result
  if (fullstop.truncatedAsSuccess + fullstop.afterRetries.truncatedAsSuccess > 0)
    throw new CommandFailure('', EXIT.failed)
}

async function compare({ requests, seed, delivery, json = false, report }: DrillCommandOptions): Promise<void> {
  if (delivery !== undefined)
    throw new CommandFailure('--delivery: compare plays both hold and guarded; leave it out.', EXIT.usage)
  const progress = progressLine()
  const comparison = await compareApproaches(
    { requests, seed },
    { createGateway, onProgress: (label, done, total) => progress.update(`${label}: ${done} of ${total} requests`) },
  )
  progress.clear()
  if (report !== undefined) await writeText(report, comparisonToHtml(comparison))
  console.log(json ? JSON.stringify(comparison) : renderComparison(comparison))
  if (report !== undefined) console.error(`Written: ${report}`)
}

/** Fullstop in the drill's own world: its time, its randomness, its providers; under the profile `customer`. */
export function createGateway({ time, random, url, fetch }: DrillWorld): DrillGateway {
  const config = {
    ...simulatedConfig({ baseUrl: url }),
    defaults: { profile: 'customer', ...profiles.customer },
  } as const
  let ordinal = 0
  const engine = new Engine(
    { config },
    {
      clock: time,
      random,
      newId: () => `fs_${(ordinal += 1)}`,
      upstream: { fetch, decodesBodies: true, showsFraming: false },
    },
  )
  return { fetch: (request) => engine.fetch(request) }
}

const NAME_WIDTH = 20

function list(asJson: boolean): void {
  if (!asJson) {
    console.log(lines())
    return
  }
  const all = [...drills.keys()].map((name) => {
    const { scenario, origin, requests, lastsMs } = findDrill(name)
    return { name, description: scenario.description, origin, requests, lastsSeconds: lastsMs / 1_000 }
  })
  console.log(JSON.stringify(all))
}

function lines(): string {
  return [
    ...[...drills.keys()].map((name) => entry(name, findDrill(name).scenario.description, NAME_WIDTH)),
    entry('compare', 'Five approaches through the same faults, in one table.', NAME_WIDTH),
  ].join('\n')
}

/** One line on a terminal, nothing elsewhere. */
function progressLine(): { update: (text: string) => void; clear: () => void } {
  if (!process.stderr.isTTY) return { update: () => undefined, clear: () => undefined }
  return {
    update: (text) => process.stderr.write(`\r\u001b[K${text}`),
    clear: () => process.stderr.write('\r\u001b[K'),
  }
}

import { profiles, simulatedConfig } from '../config/index.ts'
import { Engine } from '../engine/index.ts'
import { type DrillGateway, type DrillPhase, type DrillWorld, renderDrill, runDrill, scenarios } from '../lab/index.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export interface DrillCommandOptions {
  readonly requests?: number
  readonly seed: number
  readonly delivery: 'hold' | 'guarded' | 'live'
  readonly json?: boolean
}

/** `fullstop drill NAME`: exits with 1 where Fullstop let a truncated answer pass as a success. */
export async function drill(
  name: string,
  { requests, seed, delivery, json = false }: DrillCommandOptions,
): Promise<void> {
  if (name === 'list') {
    console.log(
      json ? JSON.stringify([...scenarios.values()].map(({ name, description }) => ({ name, description }))) : list(),
    )
    return
  }
  if (!scenarios.has(name)) throw new CommandFailure(`Unknown drill "${name}". Known:\n${list()}`, EXIT.usage)
  if (requests !== undefined && requests < 1) throw new CommandFailure('--requests: expected at least 1.', EXIT.usage)
  const progress = progressLine()
  const result = await runDrill(
    { drill: name, requests, seed, delivery },
    { createGateway, onProgress: progress.update },
  )
  progress.clear()
  console.log(json ? JSON.stringify(result) : renderDrill(result))
  if (result.fullstop.truncatedAsSuccess > 0) throw new CommandFailure('', EXIT.failed)
}

/** Fullstop in the drill's own world: its time, its randomness, its providers; under the profile `customer`. */
function createGateway({ time, random, url, fetch }: DrillWorld): DrillGateway {
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

function list(): string {
  return [...scenarios.values()].map(({ name, description }) => `  ${name.padEnd(20)} ${description}`).join('\n')
}

/** One line on a terminal, nothing elsewhere. */
function progressLine(): { update: (phase: DrillPhase, done: number, total: number) => void; clear: () => void } {
  if (!process.stderr.isTTY) return { update: () => undefined, clear: () => undefined }
  return {
    update: (phase, done, total) => {
      const run = phase === 'direct' ? 'bare' : 'through Fullstop'
      process.stderr.write(`\r\u001b[K${run}: ${done} of ${total} requests`)
    },
    clear: () => process.stderr.write('\r\u001b[K'),
  }
}

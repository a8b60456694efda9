import { parseArgs } from 'node:util'

export interface Options {
  readonly rounds: number
  readonly soakRequests: number
  readonly streams: number
  /** Whether docs/benchmarks.md is written. */
  readonly write: boolean
  readonly portkey: boolean
  /** Whether the gateways have one core to themselves, and the upstream and the load generator another. */
  readonly pin: boolean
  /** Only measures whose name contains this. */
  readonly only: string | undefined
}

export const USAGE = `npm run bench -- [options]
  --full          soak with 300,000 requests (60,000 without it)
  --soak N        soak with N requests; 0 leaves it out
  --rounds N      interleaved rounds of each CPU measurement (default 7, at least 5)
  --only TEXT     only the measures whose name contains this: json, chat, anthropic, memory, soak
  --pin           the gateways on one core, all else on another: steadier, and dearer for all (needs taskset)
  --no-portkey    without the comparison that has to be installed
  --write         writes the table to docs/benchmarks.md`

const SOAK_REQUESTS = 60_000
const FULL_SOAK_REQUESTS = 300_000
const ROUNDS = 7
const FEWEST_ROUNDS = 5

/** Throws an `Error` that says what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      soak: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      'no-portkey': { type: 'boolean', default: false },
      pin: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  if (values.write && values.only !== undefined)
    throw new Error('--write: expected the whole table; --only leaves out a part of it')
  return {
    rounds: count(values.rounds, 'rounds', FEWEST_ROUNDS) ?? ROUNDS,
    soakRequests: count(values.soak, 'soak', 0) ?? (values.full ? FULL_SOAK_REQUESTS : SOAK_REQUESTS),
    streams: 2_000,
    write: values.write,
    pin: values.pin,
    portkey: !values['no-portkey'],
    only: values.only,
  }
}

function count(value: string | undefined, name: string, least: number): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (Number.isInteger(number) && number >= least) return number
  throw new Error(`--${name}: expected a whole number from ${least} on; ${value} came`)
}

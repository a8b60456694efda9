import type { Contender, ContenderName } from './contender.ts'
import { CpuMeter } from './cpu-meter.ts'
import { drive } from './load.ts'
import type { Workload } from './traffic.ts'

export interface CpuPlan {
  readonly rounds: number
  /** Requests of each contender in a round; a slow one needs fewer for the same precision. */
  readonly requests: Readonly<Record<ContenderName, number>>
  readonly warmUp: Readonly<Record<ContenderName, number>>
  /** The measured one where nothing is given; one that takes less time warms up the same code. */
  readonly warmUpWith?: (contender: Contender) => Workload
}

/** CPU time of a gateway's process for one request, µs: one figure a round. */
export type CpuRounds = ReadonlyMap<ContenderName, readonly number[]>

/**
 * Measures all contenders in turn, round after round, each round beginning with another one, so that whatever the
 * machine does besides falls on all of them alike.
 */
export async function measureCpu(
  contenders: readonly Contender[],
  workloadOf: (contender: Contender) => Workload,
  plan: CpuPlan,
): Promise<CpuRounds> {
  const measured = new Map<ContenderName, number[]>(contenders.map(({ name }) => [name, []]))
  const warmUpWith = plan.warmUpWith ?? workloadOf
  for (const contender of contenders) await drive(contender, warmUpWith(contender), plan.warmUp[contender.name])
  for (let round = 0; round < plan.rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + round) % contenders.length]
      if (contender === undefined) continue
      const count = plan.requests[contender.name]
      const meter = new CpuMeter(contender.pid)
      await drive(contender, workloadOf(contender), count)
      measured.get(contender.name)?.push(meter.elapsedUs() / count)
    }
  }
  return measured
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1]
  const high = sorted[Math.floor(middle)]
  if (low === undefined || high === undefined) throw new Error('expected at least one value for a median')
  return (low + high) / 2
}

/** The median over rounds of one contender's cost in units of another's in the same round. */
export function medianRatio(rounds: CpuRounds, over: ContenderName, under: ContenderName): number | undefined {
  const numerators = rounds.get(over)
  const denominators = rounds.get(under)
  if (numerators === undefined || denominators === undefined) return undefined
  return median(numerators.map((value, round) => value / (denominators[round] ?? Number.NaN)))
}

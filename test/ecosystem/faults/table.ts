import { type Fault, FAULTS } from '../../clients/script.ts'
import { ALL_PATHS } from '../clients/index.ts'
import type { Cell, Measured } from './measure.ts'

/** What one client made of each fault: the worst of all cases. */
export interface Row {
  readonly client: string
  readonly cells: ReadonlyMap<Fault, Cell | 'not asked'>
}

export const COLUMNS: readonly Fault[] = ['none', ...FAULTS]

/** Worst first. */
const CELLS: readonly Cell[] = ['false success', 'wrong content', 'hangs', 'unproven success', 'flagged', 'error', 'ok']

/** One row a client, in the order of the clients. */
export function toRows(measured: readonly Measured[]): readonly Row[] {
  return ALL_PATHS.map(({ name }): Row => {
    const own = measured.filter(({ client }) => client === name)
    return { client: name, cells: new Map(COLUMNS.map((fault) => [fault, worst(own, fault)])) }
  })
}

function worst(measured: readonly Measured[], fault: Fault): Cell | 'not asked' {
  const seen = new Set(measured.filter((each) => each.fault === fault).map(({ cell }) => cell))
  return CELLS.find((cell) => seen.has(cell)) ?? 'not asked'
}

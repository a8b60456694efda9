import type { Comparison, ComparedApproach } from './compare.ts'
import { COMPARED_DRILLS } from './compare.ts'
import type { DrillRun } from './tally.ts'
import { percent, seconds, span, times, wrap } from './words.ts'

const WIDTH = 112

/** A column of the comparison. */
export interface ComparisonColumn {
  readonly label: string
  readonly of: (approach: ComparedApproach) => string
}

/** What is compared, from the runs alone. */
export function comparisonColumns({ requests }: Comparison): readonly ComparisonColumn[] {
  const [outage, metastable] = COMPARED_DRILLS
  const of = (drill: string, show: (run: DrillRun) => string): ComparisonColumn['of'] => {
    return ({ runs }) => {
      const run = runs[drill]
      return run === undefined ? '–' : show(run)
    }
  }
  return [
    { label: 'complete', of: of(outage, ({ afterRetries }) => percent(afterRetries.complete, requests)) },
    { label: 'half, as success', of: of(outage, (run) => percent(run.afterRetries.truncatedAsSuccess, requests)) },
    { label: 'errors', of: of(outage, ({ afterRetries }) => percent(afterRetries.errors, requests)) },
    { label: 'upstream', of: of(outage, ({ upstreamRequests }) => times(upstreamRequests, requests)) },
    { label: 'first content', of: of(outage, ({ firstContentMs }) => seconds(firstContentMs.p50)) },
    {
      label: 'whole: p50 / p95',
      of: of(outage, ({ completeMs: { p50, p95 } }) => `${seconds(p50)} / ${seconds(p95)}`),
    },
    { label: 'overload: complete', of: of(metastable, ({ afterRetries }) => percent(afterRetries.complete, requests)) },
    { label: 'its p95', of: of(metastable, ({ completeMs }) => seconds(completeMs.p95)) },
    {
      label: 'lasts',
      of: of(metastable, ({ recovery }) =>
        recovery === undefined
          ? '–'
          : `${recovery.recoveredAfterSeconds === null ? '≥ ' : ''}${recovery.lastedTimesCause.toFixed(1)}×`,
      ),
    },
  ]
}

/** The comparison for a terminal. */
export function renderComparison(comparison: Comparison): string {
  const { approaches, requests, seed, drills } = comparison
  const columns = comparisonColumns(comparison)
  const rows = [
    ['', ...columns.map(({ label }) => label)],
    ...approaches.map((approach) => [approach.label, ...columns.map(({ of }) => of(approach))]),
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
  )
  const [head = '', ...body] = lines
  return [
    `Approaches compared: ${requests} requests each, seed ${seed}`,
    '',
    head,
    `  ${'─'.repeat(head.length - 2)}`,
    ...body,
    '',
    ...comparisonNotes(comparison).map((note) => wrap(note, WIDTH)),
    '',
    ...approaches.map(({ label, description }) => wrap(`${label}: ${description}`, WIDTH)),
    '',
    ...drills.map(({ scenario, description, lastsSeconds, clientTimeoutSeconds }) =>
      wrap(
        `${scenario}: ${description} Over ${span(lastsSeconds)}; clients give up after ${span(clientTimeoutSeconds)}.`,
        WIDTH,
      ),
    ),
  ].join('\n')
}

/** What the columns mean. */
export function comparisonNotes({ clients }: Comparison): readonly string[] {
  return [
    'Complete, half answers taken for success, and errors: what the user has in the end, the approach’s own retries and ' +
      'fallbacks included; upstream: requests at the providers for each request. First content: when the median user sees ' +
      'something that stays. These are of outage-2026-06-21.',
    'The last three are of metastable. Lasts: how long requests failed, in lengths of the cause; 1.0 means that it was over with its ' +
      'cause.',
    `Clients: ${clients}`,
  ]
}

import { conclusion, headline, load } from './conclusion.ts'
import type { DrillResult } from './run-drill.ts'
import type { DrillRun } from './tally.ts'
import { percent, seconds, span, times, wrap } from './words.ts'

const LABEL_WIDTH = 34
const COLUMN_WIDTH = 18
const WIDTH = LABEL_WIDTH + 2 * COLUMN_WIDTH

/** A row of the table: its label, and what it says of a run. */
export interface DrillRow {
  readonly label: string
  readonly of: (run: DrillRun) => string
}

/** The rows of a drill's table, in groups. */
export function drillRows({ direct, fullstop, requests }: DrillResult): readonly (readonly DrillRow[])[] {
  const counted = (label: string, of: (run: DrillRun) => number): DrillRow => ({
    label,
    of: (run) => `${of(run)} (${percent(of(run), requests)})`,
  })
  const first = [
    counted('complete', (run) => run.complete),
    counted('truncated, taken for success', (run) => run.truncatedAsSuccess),
    counted('errors', (run) => run.errors),
  ]
  const again = [
    counted('needed a client retry', (run) => run.retried),
    counted('complete after retries', (run) => run.afterRetries.complete),
    counted('truncated after retries', (run) => run.afterRetries.truncatedAsSuccess),
    counted('errors after retries', (run) => run.afterRetries.errors),
  ]
  const upstream: DrillRow[] = [
    { label: 'requests of the clients', of: (run) => `${run.clientRequests} (${times(run.clientRequests, requests)})` },
    { label: 'most tries of one client', of: (run) => String(run.mostTries) },
    {
      label: 'requests at the providers',
      of: (run) => `${run.upstreamRequests} (${times(run.upstreamRequests, requests)})`,
    },
    {
      label: 'most of them for one answer',
      of: (run) => String(run.mostUpstream),
    },
    {
      label: 'faults that struck',
      of: (run) => String(Object.values(run.faults).reduce((sum, count) => sum + count, 0)),
    },
  ]
  const waits: DrillRow[] = [
    { label: 'first content, median', of: (run) => seconds(run.firstContentMs.p50) },
    {
      label: 'complete answer, median / 95 %',
      of: (run) => `${seconds(run.completeMs.p50)} / ${seconds(run.completeMs.p95)}`,
    },
  ]
  const hasRetries = direct.retried + fullstop.retried > 0
  return [first, ...(hasRetries ? [again] : []), upstream, waits, recoveryRows(direct)]
}

function recoveryRows({ recovery }: DrillRun): readonly DrillRow[] {
  if (recovery === undefined) return []
  const of = (show: (recovery: NonNullable<DrillRun['recovery']>) => string): DrillRow['of'] => {
    return (run) => (run.recovery === undefined ? '' : show(run.recovery))
  }
  return [
    {
      label: 'at the providers while it lasted',
      of: of(({ upstreamDuringCause, offeredDuringCause }) => times(upstreamDuringCause, offeredDuringCause)),
    },
    {
      label: 'last failure after the cause',
      of: of(({ recoveredAfterSeconds: after }) => (after === null ? 'not over' : span(after))),
    },
    {
      label: 'failing, in lengths of the cause',
      of: of((each) => `${each.recoveredAfterSeconds === null ? '≥ ' : ''}${each.lastedTimesCause.toFixed(2)}×`),
    },
    {
      label: 'busiest second, then after',
      of: of(({ busiestSecond: { duringCause, after } }) => `${duringCause}, ${after}`),
    },
  ]
}

/** The result of a drill for a terminal: bare and protected side by side, then what it means and how it was measured. */
export function renderDrill(result: DrillResult): string {
  const { direct, fullstop, requests, conditions, detection } = result
  const row = ({ label, of }: DrillRow): string =>
    `  ${label.padEnd(LABEL_WIDTH)}${of(direct).padStart(COLUMN_WIDTH)}${of(fullstop).padStart(COLUMN_WIDTH)}`
  const line = `  ${'─'.repeat(WIDTH)}`
  const groups = drillRows(result).filter((rows) => rows.length > 0)
  const said = conclusion(result)
  return [
    `Drill ${result.scenario}: ${requests} requests each way, seed ${result.seed}`,
    '',
    row({ label: '', of: (run) => (run === direct ? 'without Fullstop' : 'with Fullstop') }),
    ...groups.flatMap((rows) => [line, ...rows.map(row)]),
    '',
    wrap(headline(result), WIDTH),
    '',
    wrap(`${said.bare} ${said.protected} ${load(result)}`, WIDTH),
    '',
    ...howItWasMeasured(result).map((text) => wrap(text, WIDTH)),
    wrap(`Detection: ${detection.reason}`, WIDTH),
    ...(conditions.origin === '' ? [] : [wrap(`Origin: ${conditions.origin}`, WIDTH)]),
  ].join('\n')
}

/** The conditions in sentences. */
export function howItWasMeasured({ conditions }: DrillResult): readonly string[] {
  const { mix, failingShare } = conditions
  const shares = Object.entries(failingShare).filter(([, share]) => share > 0)
  return [
    `Scenario: ${conditions.description}`,
    ...(shares.length === 0
      ? []
      : [
          `Failing share at its worst: ${shares.map(([platform, share]) => `${platform} ${percent(share, 1)}`).join(', ')}.`,
        ]),
    `Without Fullstop means straight at ${conditions.directPlatform}; with Fullstop, the profile “customer”, delivery ` +
      `“${conditions.delivery}”, three platforms and a fallback model.`,
    `Clients: ${conditions.clients} They give up after ${span(conditions.clientTimeoutSeconds)}. They arrive at random over ` +
      `${span(conditions.lastsSeconds)}. ${percent(mix.anthropic, 1)} speak Anthropic Messages and the rest OpenAI Chat; ` +
      `${percent(mix.streamed, 1)} stream, ${percent(mix.code, 1)} are about code, ${percent(mix.tools, 1)} bring a tool.`,
    'The first three rows count the first request alone. Clients and simulated providers count, not the gateway. Time is ' +
      `virtual, a token takes ${conditions.tokenDelayMs} ms, and networks take none.`,
  ]
}

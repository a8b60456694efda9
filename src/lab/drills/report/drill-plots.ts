import { html } from '../../../page/index.ts'
import type { Markup } from '../../../page/index.ts'
import type { DrillResult } from '../run-drill.ts'
import type { DrillRun, Series } from '../tally.ts'
import { percent, seconds, span } from '../words.ts'
import { chart, curve, roundUp, shaded, stacked, steps, timeTicks } from './plot.ts'

const outcomeLayers: readonly { readonly kind: string; readonly of: keyof Series; readonly words: string }[] = [
  { kind: 'whole', of: 'completeAtOnce', words: 'whole at the first try' },
  { kind: 'again', of: 'completeAfterRetry', words: 'whole after a retry' },
  { kind: 'half', of: 'truncatedAsSuccess', words: 'half an answer, taken for whole' },
  { kind: 'error', of: 'errors', words: 'an error in the end' },
]

/** What became of the requests of each moment, both ways, on one scale. */
export function outcomePlot(result: DrillResult): Markup {
  const { direct, fullstop } = result
  const { stepSeconds } = direct.series
  const top = roundUp(Math.max(...direct.series.offered, ...fullstop.series.offered))
  const one = (heading: string, run: DrillRun): Markup => {
    const layers = outcomeLayers.map(({ kind, of }) => ({ kind, values: levels(run.series, of) }))
    const ticks = timeTicks(lengthOf(run.series))
    const alternative = `${heading}, over time: ${outcomeWords(run)}.`
    return chart({ heading, alternative, top, ticks }, [causeOf(run), stacked(layers, top)])
  }
  return html`<figure class="plot">
    <figcaption>
      <b>How requests ended, by when they were made.</b> Height: requests in ${span(stepSeconds)}. ${causeWords(direct)}
    </figcaption>
    <p class="legend">
      ${outcomeLayers.map(({ kind, words }) => html`<span><i class="key ${kind}"></i>${words}</span>`)}
      ${causeKey(direct)}
    </p>
    ${one('Without Fullstop', direct)}${one('With Fullstop', fullstop)}
  </figure>`
}

/** Requests a second at the providers, both ways, beside what users asked for. */
export function upstreamPlot(result: DrillResult): Markup {
  const { direct, fullstop } = result
  const perSecond = (series: Series, of: 'offered' | 'upstream'): readonly number[] =>
    series[of].map((count) => count / series.stepSeconds)
  const bare = perSecond(direct.series, 'upstream')
  const guarded = perSecond(fullstop.series, 'upstream')
  const top = roundUp(Math.max(...bare, ...guarded))
  const alternative =
    `At most ${peak(bare)} requests a second without Fullstop, ${peak(guarded)} with it; users asked ` +
    `${peak(perSecond(direct.series, 'offered'))} times a second at most.`
  return html`<figure class="plot">
    <figcaption>
      <b>Requests a second at the providers</b>, all platforms together, averaged over
      ${span(direct.series.stepSeconds)}. ${causeWords(direct)}
    </figcaption>
    <p class="legend">
      <span><i class="key stroke bare"></i>without Fullstop</span>
      <span><i class="key stroke guarded"></i>with Fullstop</span>
      <span><i class="key stroke offered"></i>asked by users, without retries</span>
      ${causeKey(direct)}
    </p>
    ${chart({ heading: 'Requests a second', alternative, top, ticks: timeTicks(lengthOf(direct.series)) }, [
      causeOf(direct),
      steps({ kind: 'offered', values: perSecond(direct.series, 'offered') }, top),
      steps({ kind: 'bare', values: bare }, top),
      steps({ kind: 'guarded', values: guarded }, top),
    ])}
  </figure>`
}

/** The providers' load second by second around the end of the cause: whether everybody comes at once. */
export function endPlot({ direct, fullstop }: DrillResult): Markup | undefined {
  const [bare, guarded] = [direct.recovery, fullstop.recovery]
  if (bare === undefined || guarded === undefined) return undefined
  const { secondsBefore } = bare.aroundEnd
  const top = roundUp(Math.max(...bare.aroundEnd.upstream, ...guarded.aroundEnd.upstream))
  const total = bare.aroundEnd.upstream.length
  const after = total - secondsBefore
  // A telephone shows every second one: the ends, and the end of the cause.
  const ticks = [-secondsBefore, -secondsBefore / 2, 0, after / 2, after].map((second) => ({
    at: (second + secondsBefore) / total,
    label: `${second > 0 ? '+' : ''}${second}${second === after ? ' s' : ''}`,
  }))
  const busiest = (values: readonly number[]): number => Math.max(...values.slice(secondsBefore))
  const alternative =
    `Within the minute after the end at most ${busiest(bare.aroundEnd.upstream)} requests a second without Fullstop, ` +
    `${busiest(guarded.aroundEnd.upstream)} with it.`
  return html`<figure class="plot">
    <figcaption>
      <b>When the cause ends, second by second.</b> Requests in each second at the providers, from ${secondsBefore} s
      before the end to ${after} s after it: a herd would show as a peak behind the end.
    </figcaption>
    ${chart({ heading: 'Requests in a second', alternative, top, ticks, isLow: true }, [
      shaded(0, secondsBefore / total),
      steps({ kind: 'bare', values: bare.aroundEnd.upstream }, top),
      steps({ kind: 'guarded', values: guarded.aroundEnd.upstream }, top),
    ])}
  </figure>`
}

/** After how long how many had their whole answer. */
export function answerPlot({ direct, fullstop, requests }: DrillResult): Markup {
  // The slowest few would press all others to the edge.
  const last = Math.max(atShare(direct, 0.95), atShare(fullstop, 0.95), 1)
  const totalMs = roundUp(last * 1.05)
  const points = (run: DrillRun): readonly (readonly [number, number])[] => {
    const { answeredAfterMs: times } = run
    const shown = times.flatMap((ms, step): (readonly [number, number])[] =>
      ms <= totalMs ? [[ms / totalMs, (step + 1) / STEPS]] : [],
    )
    // Whoever has no answer by now gets none later, as far as the plot goes.
    return [[0, 0], ...shown, [1, shown.at(-1)?.[1] ?? 0]]
  }
  const words = (run: DrillRun): string =>
    `half of the complete answers after ${seconds(run.completeMs.p50)}, 95 % of them after ${seconds(run.completeMs.p95)}`
  const alternative =
    `Without Fullstop ${percent(direct.afterRetries.complete, requests)} of the requests were answered whole in the end, ` +
    `${words(direct)}; with it ${percent(fullstop.afterRetries.complete, requests)}, ${words(fullstop)}.`
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({
    at,
    label: `${Number(((at * totalMs) / 1_000).toPrecision(3))}${at === 1 ? ' s' : ''}`,
  }))
  return html`<figure class="plot">
    <figcaption>
      <b>Share of all users who had their whole answer</b> so long after they first asked, retries included. A line that
      stays low never got there.
    </figcaption>
    <p class="legend">
      <span><i class="key stroke bare"></i>without Fullstop</span>
      <span><i class="key stroke guarded"></i>with Fullstop</span>
    </p>
    ${chart({ heading: 'Users with a whole answer', alternative, top: 100, unit: ' %', ticks }, [
      curve('bare', points(direct)),
      curve('guarded', points(fullstop)),
    ])}
  </figure>`
}

const STEPS = 40

function atShare({ answeredAfterMs: times }: DrillRun, share: number): number {
  return times[Math.min(times.length, Math.round(share * STEPS)) - 1] ?? 0
}

/** How a run's requests ended, in words. */
export function outcomeWords({ series }: DrillRun): string {
  return outcomeLayers
    .map(({ of, words }) => `${levels(series, of).reduce((sum, count) => sum + count, 0)} ${words}`)
    .join(', ')
}

function levels(series: Series, of: keyof Series): readonly number[] {
  const values = series[of]
  return typeof values === 'number' ? [] : values
}

function lengthOf({ offered, stepSeconds }: Series): number {
  return offered.length * stepSeconds
}

function causeOf({ recovery, series }: DrillRun): Markup | undefined {
  if (recovery === undefined) return undefined
  const total = lengthOf(series)
  return shaded(recovery.causeFromSeconds / total, recovery.causeUntilSeconds / total)
}

function causeKey({ recovery }: DrillRun): Markup | undefined {
  return recovery === undefined ? undefined : html`<span><i class="key cause"></i>the cause lasts</span>`
}

function causeWords({ recovery }: DrillRun): string {
  if (recovery === undefined) return 'The faults last from beginning to end.'
  return `The cause lasts from ${span(recovery.causeFromSeconds)} to ${span(recovery.causeUntilSeconds)}.`
}

function peak(values: readonly number[]): string {
  return String(Math.round(10 * Math.max(0, ...values)) / 10)
}

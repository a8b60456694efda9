import { html, percent as css, toPage } from '../../../page/index.ts'
import type { Markup } from '../../../page/index.ts'
import { COMPARED_DRILLS } from '../compare.ts'
import type { ComparedApproach, Comparison } from '../compare.ts'
import { comparisonColumns, comparisonNotes } from '../comparison-table.ts'
import { ending } from '../conclusion.ts'
import type { DrillRun } from '../tally.ts'
import { percent, span, times } from '../words.ts'
import { outcomeWords } from './drill-plots.ts'
import { chart, shaded, stacked, timeTicks } from './plot.ts'
import { style } from './style.ts'

/** The comparison of the approaches as one page that can be sent around. */
export function comparisonToHtml(comparison: Comparison): string {
  const { requests, seed, drills } = comparison
  const columns = comparisonColumns(comparison)
  const content = html`<p class="kicker">Fullstop drill</p>
    <h1>Five approaches, the same faults</h1>
    <p class="lead">${headline(comparison)}</p>
    <section>
      <h2>The table</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="The approaches compared">
        <table class="numbers wide">
          <thead>
            <tr>
              <th scope="col">Approach</th>
              ${columns.map(({ label }) => html`<th scope="col">${label}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${comparison.approaches.map(
              (approach) =>
                html`<tr>
                  <th scope="row">${approach.label}</th>
                  ${columns.map(({ of }) => html`<td>${of(approach)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${comparisonNotes(comparison).map((note) => html`<p class="fine">${note}</p>`)}
    </section>
    <section>
      <h2>When answers die half-way</h2>
      ${outcomeBars(comparison)} ${loadBars(comparison)}
    </section>
    <section>
      <h2>When retries keep the outage going</h2>
      ${overloadPlots(comparison)}
    </section>
    <section>
      <h2>How it was measured</h2>
      <ul>
        ${comparison.approaches.map(({ label, description }) => html`<li><b>${label}.</b> ${description}</li>`)}
        ${drills.map(
          ({ scenario, description, lastsSeconds, clientTimeoutSeconds }) =>
            html`<li>
              <b>${scenario}.</b> ${description} Over ${span(lastsSeconds)}; clients give up after
              ${span(clientTimeoutSeconds)}.
            </li>`,
        )}
        <li>
          Each approach met the same ${requests} questions at the same times, and faults drawn with the same seed.
          Clients and simulated providers counted; whether an answer is whole is decided by a checksum in the answer
          itself. Time is virtual, and networks take none.
        </li>
        <li>
          The same command gives the same numbers:
          <code>fullstop drill compare --requests ${requests} --seed ${seed}</code>
        </li>
      </ul>
      <p class="fine">
        Providers, models and clients are simulated. The other approaches are written as their descriptions say; a
        particular product or library may do more, or less.
      </p>
    </section>
    <footer>Made by fullstop drill compare, seed ${seed}, ${requests} requests each.</footer>`
  return toPage({ title: 'Approaches compared', content, style })
}

const [OUTAGE, OVERLOAD] = COMPARED_DRILLS

function headline({ approaches, requests }: Comparison): string {
  const half = approaches.map(({ label, runs }) => ({
    label,
    count: runs[OUTAGE]?.afterRetries.truncatedAsSuccess ?? 0,
  }))
  const some = half.filter(({ count }) => count > 0).map(({ label, count }) => `${label} ${percent(count, requests)}`)
  const none = half.filter(({ count }) => count === 0).map(({ label }) => label)
  if (some.length === 0) return 'No approach let half an answer pass for a whole one.'
  const others = none.length === 0 ? '' : ` None: ${none.join('; ')}.`
  return `Half answers that looked finished: ${some.join('; ')}.${others}`
}

function outcomeBars({ approaches, requests }: Comparison): Markup {
  const bar = ({ label, runs }: ComparedApproach): Markup | undefined => {
    const run = runs[OUTAGE]
    if (run === undefined) return undefined
    const { complete, truncatedAsSuccess, errors } = run.afterRetries
    const part = (kind: string, count: number): Markup =>
      html`<i class="${kind}" style="width:${css(count / requests)}"></i>`
    return html`<span class="name">${label}</span>
      <span
        class="track"
        role="img"
        aria-label="${complete} whole, ${truncatedAsSuccess} half taken for whole, ${errors} errors of ${requests}"
        >${part('whole', complete)}${part('half', truncatedAsSuccess)}${part('error', errors)}</span
      >
      <b>${percent(complete, requests)}</b>`
  }
  return html`<figure class="plot">
    <figcaption><b>What users had in the end</b> (${OUTAGE}); right: the share of whole answers.</figcaption>
    <p class="legend">
      <span><i class="key whole"></i>whole</span><span><i class="key half"></i>half, taken for whole</span
      ><span><i class="key error"></i>an error</span>
    </p>
    <div class="bars">${approaches.map(bar)}</div>
  </figure>`
}

function loadBars({ approaches, requests }: Comparison): Markup {
  const loads = approaches.map(({ label, runs }) => ({ label, upstream: runs[OUTAGE]?.upstreamRequests ?? 0 }))
  const most = Math.max(1, ...loads.map(({ upstream }) => upstream))
  return html`<figure class="plot">
    <figcaption><b>Requests at the providers for each question</b> (${OUTAGE}).</figcaption>
    <div class="bars">
      ${loads.map(
        ({ label, upstream }) =>
          html`<span class="name">${label}</span>
            <span class="track" aria-hidden="true"><i class="guarded" style="width:${css(upstream / most)}"></i></span>
            <b>${times(upstream, requests)}</b>`,
      )}
    </div>
  </figure>`
}

function overloadPlots({ approaches }: Comparison): Markup {
  return html`<figure class="plot">
    <figcaption>
      <b>How requests ended, by when they were made</b> (${OVERLOAD}), in percent. The bar above each plot is the time
      for which the cause of the overload lasts.
    </figcaption>
    <p class="legend">
      <span><i class="key whole"></i>whole at the first try</span
      ><span><i class="key again"></i>whole after a retry or elsewhere</span
      ><span><i class="key error"></i>an error</span><span><i class="key cause"></i>the cause lasts</span>
    </p>
    ${approaches.map(({ label, runs }) => {
      const run = runs[OVERLOAD]
      return run === undefined ? undefined : overloadPlot(label, run)
    })}
  </figure>`
}

function overloadPlot(label: string, run: DrillRun): Markup {
  const { series, recovery } = run
  const total = series.offered.length * series.stepSeconds
  const share = (values: readonly number[]): readonly number[] =>
    values.map((count, step) => (100 * count) / Math.max(1, series.offered[step] ?? 0))
  const layers = [
    { kind: 'whole', values: share(series.completeAtOnce) },
    { kind: 'again', values: share(series.completeAfterRetry) },
    { kind: 'error', values: share(series.errors) },
  ]
  const heading = recovery === undefined ? label : `${label}: ${ending(recovery)}`
  return chart(
    {
      heading,
      alternative: `${heading}. ${outcomeWords(run)}.`,
      top: 100,
      unit: ' %',
      ticks: timeTicks(total),
      isLow: true,
    },
    [
      recovery === undefined
        ? undefined
        : shaded(recovery.causeFromSeconds / total, recovery.causeUntilSeconds / total),
      stacked(layers, 100),
    ],
  )
}

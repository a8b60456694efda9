import { html, toPage } from '../../../page/index.ts'
import type { Markup } from '../../../page/index.ts'
import { conclusion, headline } from '../conclusion.ts'
import type { DrillResult } from '../run-drill.ts'
import { drillRows, howItWasMeasured } from '../table.ts'
import type { DrillRun } from '../tally.ts'
import { percent, seconds, times } from '../words.ts'
import { answerPlot, endPlot, outcomePlot, upstreamPlot } from './drill-plots.ts'
import { style } from './style.ts'

/** The result of a drill as one page that can be sent around. */
export function drillToHtml(result: DrillResult): string {
  const { scenario, direct, fullstop, requests, conditions } = result
  const said = conclusion(result)
  const content = html`<p class="kicker">Fullstop drill</p>
    <h1>${scenario}</h1>
    <p class="lead">${headline(result)}</p>
    <p>${conditions.description}</p>
    <div class="sides">
      ${side({ title: 'Without Fullstop', kind: 'bare', run: direct, requests, words: said.bare })}
      ${side({ title: 'With Fullstop', kind: 'guarded', run: fullstop, requests, words: said.protected })}
    </div>
    <section>
      <h2>What users got</h2>
      ${outcomePlot(result)}
    </section>
    <section>
      <h2>What the providers got</h2>
      ${upstreamPlot(result)} ${endPlot(result)}
    </section>
    <section>
      <h2>How long it took</h2>
      ${answerPlot(result)}
    </section>
    <section>
      <h2>The numbers</h2>
      ${numbers(result)}
    </section>
    <section>
      <h2>How it was measured</h2>
      <ul>
        ${howItWasMeasured(result).map((sentence) => html`<li>${sentence}</li>`)}
        <li>
          Whether an answer is whole is decided by a checksum in the answer itself, not by what the gateway or the
          transport says of it.
        </li>
        <li>Origin: ${conditions.origin}</li>
        <li>Detection: ${result.detection.reason}</li>
        <li>The same command gives the same numbers: <code>${command(result)}</code></li>
      </ul>
      <p class="fine">
        Providers, models and clients are simulated. The drill shows what these clients get under these faults; how
        often such faults happen, and what other clients would do, it does not show.
      </p>
    </section>
    <footer>Made by fullstop drill, seed ${result.seed}, ${requests} requests each way.</footer>`
  return toPage({ title: `Drill: ${scenario}`, content, style })
}

interface Side {
  readonly title: string
  readonly kind: string
  readonly run: DrillRun
  readonly requests: number
  readonly words: string
}

function side({ title, kind, run, requests, words }: Side): Markup {
  const { complete, afterRetries, retried, truncatedAsSuccess, upstreamRequests } = run
  return html`<div class="side ${kind}">
    <h2>${title}</h2>
    <dl>
      ${figure(percent(complete, requests), `whole at the first try${retried === 0 ? '' : `, ${percent(afterRetries.complete, requests)} after retries`}`)}
      ${figure(String(truncatedAsSuccess), 'half answers that looked finished')}
      ${figure(times(upstreamRequests, requests), 'requests at the providers for each question')}
    </dl>
    <p>${words}</p>
  </div>`
}

function figure(value: string, words: string): Markup {
  return html`<div>
    <dt>${words}</dt>
    <dd>${value}</dd>
  </div>`
}

function numbers(result: DrillResult): Markup {
  const { direct, fullstop } = result
  return html`<table class="numbers">
      <thead>
        <tr>
          <th scope="col"><span class="fine">${result.requests} requests each way</span></th>
          <th scope="col">without Fullstop</th>
          <th scope="col">with Fullstop</th>
        </tr>
      </thead>
      ${drillRows(result)
        .filter((rows) => rows.length > 0)
        .map(
          (rows) =>
            html`<tbody>
              ${rows.map(
                ({ label, of }) =>
                  html`<tr>
                    <th scope="row">${label}</th>
                    <td>${of(direct)}</td>
                    <td>${of(fullstop)}</td>
                  </tr>`,
              )}
            </tbody>`,
        )}
    </table>
    <p class="fine">
      99 % of the complete answers took at most ${seconds(direct.completeMs.p99)} without Fullstop and
      ${seconds(fullstop.completeMs.p99)} with it.
    </p>`
}

function command({ scenario, requests, seed, conditions }: DrillResult): string {
  return `fullstop drill ${scenario} --requests ${requests} --seed ${seed} --delivery ${conditions.delivery}`
}

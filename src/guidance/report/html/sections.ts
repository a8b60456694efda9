import type { Claim } from '../../claims/index.ts'
import { type Diagnosis } from '../../diagnosis.ts'
import { showMoment } from '../../facts/index.ts'
import { levelNames, loopDefinitions } from '../../levels/index.ts'
import { stageNames } from '../../signature/index.ts'
import { badge, claimBlock, factBadge, findClaim } from './claim.ts'
import { html, type Markup } from '../../../page/index.ts'
import { capital } from './summary.ts'

const verdicts = { true: ['yes', 'met'], false: ['no', 'not met'], null: ['open', 'not known'] } as const

export function stepSections(diagnosis: Diagnosis): Markup {
  const binding = findClaim(diagnosis, 'binding')
  return html`<section id="steps">
    <h2>Three steps, in closing order</h2>
    ${binding === undefined ? '' : claimBlock(binding)}
    <p class="fine">
      Actions are recommendations: each meets one requirement that is not met. The next step begins when the one before
      it is a go.
    </p>
    ${diagnosis.steps.map(
      ({ loop, from, to, actions, goNoGo }, index) =>
        html`<div class="step">
          <h3>${index + 1}. ${loopDefinitions[loop].name}: level ${from} → ${to} (${levelNames[to].toLowerCase()})</h3>
          <ul>
            ${actions.map(({ text, level }) => html`<li>${text} <span class="fine">(for level ${level})</span></li>`)}
          </ul>
          <table class="metrics">
            <thead>
              <tr>
                <th>Go/no-go metric</th>
                <th>Target</th>
                <th>Now</th>
                <th>Met</th>
              </tr>
            </thead>
            <tbody>
              ${goNoGo.map(({ metric, target, current, met, facts }) => {
                const [style, words] = verdicts[`${met}`]
                return html`<tr>
                  <td data-label="Metric">${metric}</td>
                  <td data-label="Target">${target}</td>
                  <td data-label="Now">${current} ${factBadge(diagnosis, facts)}</td>
                  <td data-label="Met"><span class="verdict-${style}">${words}</span></td>
                </tr>`
              })}
            </tbody>
          </table>
        </div>`,
    )}
  </section>`
}

export function debtSection(diagnosis: Diagnosis): Markup {
  const { debt, costs, known } = diagnosis
  return html`<section id="debt">
    <h2>Guidance debt</h2>
    <table class="debt">
      <thead>
        <tr>
          <th>Category</th>
          <th>Value</th>
          <th>Evidence</th>
          <th>Class and sources</th>
          <th>Trend</th>
        </tr>
      </thead>
      <tbody>
        ${debt.map(
          (row) =>
            html`<tr>
              <td data-label="Category">
                <b>${capital(row.category)}</b><br /><span class="fine">${row.indicator}</span>
              </td>
              <td data-label="Value"><b>${row.shown}</b></td>
              <td data-label="Evidence">
                ${row.evidence}${row.mechanism === undefined ? '' : html` <span class="fine"><b>Hypothesis.</b> ${row.mechanism} <b>Other explanations.</b> ${row.alternatives?.join(' ')}</span>`}
              </td>
              <td data-label="Class">
                ${row.facts.length === 0 ? '–' : row.class === 'Fact' ? factBadge(diagnosis, row.facts) : badge(row.class, known.catalogue.sourcesOf(row.facts))}
              </td>
              <td data-label="Trend">${row.trend.text}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <h3>What it has cost</h3>
    ${
      costs.length === 0
        ? html`<p>
            No cost has been declared. None is estimated: a figure that nobody has stated is a model, and models of
            money are refused.
          </p>`
        : html`<ul>
              ${costs.map(({ text, amount, currency, sources }) => html`<li>${currency} ${amount.toLocaleString('en-US')}: ${text} ${badge('Fact', sources, !known.catalogue.hasPrimary(sources))}</li>`)}
            </ul>
            <p class="fine">Declared figures only; none is added up across currencies, and none is estimated.</p>`
    }
  </section>`
}

export function signatureSection({ signature, claims }: Diagnosis): Markup {
  const claim = claims.find(({ id }) => id === 'signature')
  return html`<section id="signature">
    <h2>The recurring signature</h2>
    <p>${signature.text} ${claim === undefined ? '' : badge(claim.class, claim.sources)}</p>
    <p class="fine">
      The course: a change comes in, nothing notices (gap), routine makes it worse (amplified), users notice first, a
      fix follows them, a repair is promised, and a failure of the class comes back (repeat). ✓ shown by facts, – not
      shown.
    </p>
    ${
      signature.matches.length === 0
        ? ''
        : html`<table class="signature">
            <thead>
              <tr>
                <th>Incident</th>
                ${stageNames.map((name) => html`<th>${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${signature.matches.map(
                ({ title, stages }) =>
                  html`<tr>
                    <td data-label="Incident">${title}</td>
                    ${stages.map(({ name, facts }) => html`<td data-label="${name}">${facts.length > 0 ? html`<span class="status met" title="${facts.join(', ')}">✓</span>` : html`<span class="fine" title="not shown">–</span>`}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
  </section>`
}

export function timelineSection(diagnosis: Diagnosis): Markup {
  return html`<details id="timeline" open>
    <summary><h3>Every dated fact</h3></summary>
    <table class="events">
      <thead>
        <tr>
          <th>When</th>
          <th>What</th>
        </tr>
      </thead>
      <tbody>
        ${diagnosis.timeline.map(
          ({ at, kind, text, sources, isReported, accounts = [] }) =>
            html`<tr>
              <td data-label="When">${showMoment(at)}</td>
              <td data-label="What">
                <span class="kind">${kind}</span> ${text}
                ${badge('Fact', sources, isReported)}${accounts.length > 0 ? html` <a class="differ" href="#disputes">sources differ</a>` : ''}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`
}

export function disputeSection({ disputes, known }: Diagnosis): Markup {
  if (disputes.length === 0) return html``
  const mark = (sources: readonly string[]): Markup => badge('Fact', sources, !known.catalogue.hasPrimary(sources))
  return html`<section id="disputes">
    <h2>Where sources differ</h2>
    <p>Both stand. Levels and debt rest on the first of each; the others change none of them.</p>
    ${disputes.map(
      ({ about, stands, others }) =>
        html`<div class="claim">
          <p><b>${about}.</b> ${stands.text} ${mark(stands.sources)}</p>
          ${others.map(({ text, sources }) => html`<p class="other">${text} ${mark(sources)}</p>`)}
        </div>`,
    )}
  </section>`
}

export function claimSections({ claims, refused, known }: Diagnosis): Markup {
  const offered = new Set(known.facts.claims.map(({ id }) => id))
  const theirs = claims.filter(({ id }) => offered.has(id))
  const undated = claims.filter((claim) => claim.class === 'Fact' && !offered.has(claim.id) && isUndated(claim, known))
  return html`<section id="claims">
    <h2>Claims</h2>
    ${
      theirs.length === 0
        ? ''
        : html`<h3>Offered with the history, and passed</h3>
            ${theirs.map(claimBlock)}`
    }
    <h3>Refused</h3>
    ${
      refused.length === 0
        ? html`<p>No claim was refused.</p>`
        : refused.map(
            ({ text, rule, why }) =>
              html`<div class="claim refused">
                <p>
                  <s>${text}</s> <span class="badge rule"><b>${rule}</b></span>
                </p>
                <p class="fine">${why}.</p>
              </div>`,
          )
    }
    ${
      undated.length === 0
        ? ''
        : html`<details open>
            <summary><h3>Facts without a date</h3></summary>
            ${undated.map(claimBlock)}
          </details>`
    }
  </section>`
}

function isUndated({ id }: Claim, { catalogue }: Diagnosis['known']): boolean {
  const fact = catalogue.get(id)
  return fact !== undefined && fact.at === undefined
}

export function methodSection({ gaps, sources }: Diagnosis): Markup {
  return html`<section id="methods">
    <h2>Methods and limits</h2>
    <h3>How it was made</h3>
    <ul>
      <li>
        Facts come in, checks are made over them, and levels, state, order, debt and steps come out. Nothing else
        decides.
      </li>
      <li>
        The point of work is the serving of a request; the workers are the systems and people that deploy and run it;
        the standards are what the answers must be on every platform.
      </li>
      <li>
        A share is one of declared totals. What is not described counts as not shown, so leaving something out lifts no
        level.
      </li>
      <li>
        A fact is said by a source; one that only others report is marked. A correlation names a hypothesis and other
        explanations. An inference shows its reasoning. An opinion says whose it is, and feeds no level.
      </li>
      <li>
        Refused are coincidences with the outside world, mechanisms that do not exist, causes inside the operator that
        it has not disclosed, and modelled sums of money.
      </li>
      <li>A day without an hour is a day of UTC; spans between such days are rounded.</li>
    </ul>
    <h3>Limits</h3>
    <ul>
      <li>It sees what was described. That an event did not happen cannot be told from silence.</li>
      <li>The quality of a source is taken as declared; no source was opened.</li>
      <li>A trend of few measurements shows a direction and no more.</li>
    </ul>
    <h3>Gaps</h3>
    ${
      gaps.length === 0
        ? html`<p>None.</p>`
        : html`<ul>
            ${gaps.map(({ about, text }) => html`<li><b>${about}.</b> ${text}</li>`)}
          </ul>`
    }
    <h3>Sources</h3>
    <table class="sources">
      <thead>
        <tr>
          <th>Id</th>
          <th>Type</th>
          <th>Source</th>
          <th>Used for</th>
        </tr>
      </thead>
      <tbody>
        ${sources.map(
          ({ id, type, title, url, usedFor }) =>
            html`<tr id="source-${id}">
              <td data-label="Id"><b>${id}</b></td>
              <td data-label="Type">${type}</td>
              <td data-label="Source">
                ${url === undefined ? title : html`<a href="${url}" rel="noreferrer">${title}</a>`}
              </td>
              <td data-label="Used for">${usedFor}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

import type { Diagnosis } from '../../diagnosis.ts'
import { compareMoments, type IncidentTiming, type Moment, showSpan } from '../../facts/index.ts'
import { factBadge } from './claim.ts'
import { html, type Markup, percent } from '../../../page/index.ts'

/** More would not be legible; the list below the plots has all. */
const MOST_ROWS = 30
const MOST_TICKS = 5

const legend = [
  ['introduced', 'introduced'],
  ['amplified', 'amplified'],
  ['user-report', 'users noticed'],
  ['detected', 'operator detected'],
  ['communicated', 'said publicly'],
  ['fixed', 'fixed'],
  ['resurfaced', 'back again'],
] as const

/** When each fault served and who noticed when, over the whole history. */
export function timelinePlot(diagnosis: Diagnosis): Markup {
  const timings = latest(diagnosis.known.timings)
  const moments = timings.flatMap(({ incident }) => incident.events.map(({ at }) => at)).toSorted(compareMoments)
  const first = moments[0]
  if (first === undefined) return html`<p>No event is dated, so there is nothing to plot.</p>`
  const scale = new Scale(first.fromMs, Math.max(...moments.map(({ toMs }) => toMs)))
  return html`<figure class="plot" id="timeline-plot">
    <figcaption>
      <b>When each fault served, and who noticed when.</b> Horizontal: time (UTC), ${scale.unit}. Bar: from its
      introduction to its last fix; a mark without a bar: the rest is not known.${hiddenNote(diagnosis, timings.length)}
    </figcaption>
    <p class="legend">${legend.map(([kind, words]) => html`<span><i class="mark ${kind}"></i>${words}</span>`)}</p>
    ${timings.map((timing) => plotRow(timing, scale))}
    <div class="axis">
      ${scale.ticks().map(({ share, label }) => html`<span style="left:${percent(share)}">${label}</span>`)}
    </div>
  </figure>`
}

function plotRow({ incident, events, introduced }: IncidentTiming, scale: Scale): Markup {
  const end = events.findLast(({ kind }) => kind === 'fixed')
  const bar =
    introduced === undefined || end === undefined
      ? html``
      : html`<i
          class="bar"
          style="left:${percent(scale.share(introduced.at))};width:${percent(scale.share(end.at) - scale.share(introduced.at))}"
        ></i>`
  const dots = incident.events.flatMap(({ kind, by, at, text }) => {
    const shown = kind === 'detected' && (by === 'users' || by === 'third-party') ? 'user-report' : kind
    if (!legend.some(([name]) => name === shown)) return []
    return [html`<i class="mark ${shown}" style="left:${percent(scale.share(at))}" title="${at.text}: ${text}"></i>`]
  })
  return html`<div class="row">
    <p>${incident.title}</p>
    <div class="track">${bar}${dots}</div>
  </div>`
}

/** Who was ahead, by how long: right of the line the users, left of it the operator. */
export function leadPlot(diagnosis: Diagnosis): Markup {
  const leads = latest(diagnosis.known.timings).flatMap(({ incident, userLead }) =>
    userLead === undefined ? [] : [{ incident, userLead }],
  )
  if (leads.length === 0)
    return html`<p class="fine">
      Of no incident are the first user report and the operator’s first sign of knowing both known to the minute, so
      lead and lag cannot be plotted.
    </p>`
  const widest = Math.max(...leads.map(({ userLead }) => Math.abs(userLead.spanMs)), 1)
  return html`<figure class="plot" id="lead-plot">
    <figcaption>
      <b>Detection lead and lag.</b> Horizontal: minutes between the first known user report and the operator’s first
      sign of knowing (own detection, else first public word). Right of the line users were ahead, left of it the
      operator.
    </figcaption>
    <p class="legend">
      <span><i class="mark swatch own"></i>operator ahead</span
      ><span><i class="mark swatch users"></i>users ahead</span>
    </p>
    ${leads.map(({ incident, userLead: { spanMs, from, to } }) => {
      const half = Math.abs(spanMs) / widest / 2
      const side = spanMs < 0 ? 'own' : 'users'
      return html`<div class="row">
        <p>
          ${incident.title}:
          <b>${spanMs < 0 ? 'operator' : 'users'} ahead by ${showSpan(Math.abs(spanMs))}</b>
          ${factBadge(diagnosis, [from.id, to.id])}
        </p>
        <div class="track zero">
          <i class="bar ${side}" style="left:${percent(spanMs < 0 ? 0.5 - half : 0.5)};width:${percent(half)}"></i>
        </div>
      </div>`
    })}
    <div class="axis">
      ${[-1, -0.5, 0, 0.5, 1].map((share) => html`<span style="left:${percent((share + 1) / 2)}">${Math.round((share * widest) / 60_000)}${share === 1 ? ' min' : ''}</span>`)}
    </div>
  </figure>`
}

function latest(timings: readonly IncidentTiming[]): readonly IncidentTiming[] {
  const start = ({ incident }: IncidentTiming): number => Math.min(...incident.events.map(({ at }) => at.fromMs))
  return timings.toSorted((a, b) => start(a) - start(b)).slice(-MOST_ROWS)
}

function hiddenNote({ known }: Diagnosis, shown: number): string {
  return known.timings.length > shown ? ` The latest ${shown} of ${known.timings.length} incidents are plotted.` : ''
}

class Scale {
  readonly #fromMs: number
  readonly #spanMs: number

  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs
    this.#spanMs = Math.max(toMs - fromMs, 60_000)
  }

  /** The middle of what is known. */
  share({ fromMs, toMs }: Moment): number {
    return ((fromMs + toMs) / 2 - this.#fromMs) / this.#spanMs
  }

  get unit(): string {
    return this.#spanMs > 3 * 86_400_000 ? 'labelled by day' : 'labelled by minute'
  }

  ticks(): readonly { readonly share: number; readonly label: string }[] {
    const isLong = this.#spanMs > 3 * 86_400_000
    return Array.from({ length: MOST_TICKS }, (_, index) => {
      const share = index / (MOST_TICKS - 1)
      const iso = new Date(this.#fromMs + share * this.#spanMs).toISOString()
      return { share, label: isLong ? iso.slice(0, 10) : iso.slice(5, 16).replace('T', ' ') }
    })
  }
}

import { stateMeanings } from '../../cascade/index.ts'
import type { Diagnosis } from '../../diagnosis.ts'
import { showMoment } from '../../facts/index.ts'
import { levelNames, loopDefinitions, loops } from '../../levels/index.ts'
import { badge, claimLine, factBadge } from './claim.ts'
import { html, type Markup } from '../../../page/index.ts'

/** The first screen: what an executive needs, and where each sentence comes from. */
export function summary(diagnosis: Diagnosis): Markup {
  const { subject, asOf, systemState, steps, bindingConstraint, known, debt } = diagnosis
  const name = subject.product === undefined ? subject.name : `${subject.name}: ${subject.product}`
  const measured = debt.filter(({ value }) => value !== null)
  const [first] = steps
  const stateSources = diagnosis.claims.find(({ id }) => id === 'state')?.sources ?? []
  return html`<header>
      <p class="kicker">Diagnosis of three loops: Signal, Cadence, Guidance</p>
      <h1>${name}</h1>
      <p class="fine">
        Facts up to ${showMoment(asOf)} · ${known.facts.incidents.length} incidents · ${diagnosis.sources.length}
        sources · made by Fullstop
      </p>
    </header>
    <section id="summary">
      <h2>Summary</h2>
      <div class="verdict state-${systemState.name}">
        <p class="state">${systemState.name}</p>
        <p>${systemState.reason} ${badge('Inference', stateSources)}</p>
        <p class="fine">${stateMeanings[systemState.name]}</p>
      </div>
      <div class="tiles">${loops.map((loop) => levelTile(diagnosis, loop))}</div>
      <ul class="points">
        <li>${claimLine(diagnosis, 'binding')}</li>
        ${diagnosis.signature.isRecurring ? html`<li>${claimLine(diagnosis, 'signature')}</li>` : ''}
        ${measured.map((row) => html`<li><b>${capital(row.category)}:</b> ${row.shown}. ${row.class === 'Fact' ? factBadge(diagnosis, row.facts) : badge(row.class, known.catalogue.sourcesOf(row.facts))}</li>`)}
        ${
          first === undefined
            ? ''
            : html`<li>
                <b>First step:</b> ${loopDefinitions[bindingConstraint].name} from level ${first.from} to level
                ${first.to}${first.goNoGo.map(({ metric, target, current, facts }) => html`; done when “${metric}” is ${target}. Now: ${current} ${factBadge(diagnosis, facts)}`)}
              </li>`
        }
      </ul>
    </section>`
}

function levelTile({ assessments, bindingConstraint }: Diagnosis, loop: (typeof loops)[number]): Markup {
  const { level } = assessments[loop]
  const { name, question, levels } = loopDefinitions[loop]
  const cells = ([1, 2, 3, 4, 5] as const).map((step) => html`<i class="${step <= level ? 'on' : ''}"></i>`)
  return html`<div class="tile level-${level}">
    <p class="tile-head"><b>${name}</b>${loop === bindingConstraint ? html`<span class="binds">binds</span>` : ''}</p>
    <p class="level"><span class="figure">${level}</span> of 5 · ${levelNames[level]}</p>
    <div class="gauge" role="img" aria-label="${name}: level ${level} of 5">${cells}</div>
    <p class="fine"><b>${question}</b> ${levels[level]}</p>
  </div>`
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

import type { Claim, ClaimClass } from '../../claims/index.ts'
import type { Diagnosis } from '../../diagnosis.ts'
import { html, type Markup } from '../../../page/index.ts'

/** A fact that only others report is marked so; every mark links to its sources. */
export function badge(name: ClaimClass, sources: readonly string[], isReported = false): Markup {
  const links = sources.map((id) => html` <a href="#source-${id}">${id}</a>`)
  return html`<span class="badge ${name.toLowerCase()}"><b>${name}${isReported ? ', reported' : ''}</b>${links}</span>`
}

/** What a passage rests on, with its reported mark found out. */
export function factBadge({ known }: Diagnosis, facts: readonly string[]): Markup {
  const sources = known.catalogue.sourcesOf(facts)
  return sources.length === 0 ? html`` : badge('Fact', sources, !known.catalogue.hasPrimary(sources))
}

export function claimBadge(claim: Claim): Markup {
  return badge(claim.class, claim.sources, claim.class === 'Fact' && claim.isReported)
}

/** A claim with what its class obliges it to show. */
export function claimBlock(claim: Claim): Markup {
  return html`<div class="claim" id="claim-${claim.id}">
    <p>${claim.text} ${claimBadge(claim)}</p>
    ${obligations(claim)}
  </div>`
}

function obligations(claim: Claim): Markup {
  switch (claim.class) {
    case 'Fact':
      return html``
    case 'Correlation':
      return html`<p class="fine">
        <b>Hypothesis.</b> ${claim.mechanism} <b>Other explanations.</b> ${claim.alternatives.join(' ')}
      </p>`
    case 'Inference':
      return html`<p class="fine"><b>Because.</b> ${claim.reasoning}</p>`
    case 'Opinion':
      return html`<p class="fine">
        <b>Assessment of</b> ${claim.assessedBy}.
        ${claim.alternatives.length === 0 ? '' : html`<b>Other views.</b> ${claim.alternatives.join(' ')}`}
      </p>`
  }
}

export function findClaim({ claims }: Diagnosis, id: string): Claim | undefined {
  return claims.find((claim) => claim.id === id)
}

/** A claim of the diagnosis by its id, in one line. */
export function claimLine(diagnosis: Diagnosis, id: string): Markup {
  const claim = findClaim(diagnosis, id)
  return claim === undefined ? html`` : html`${claim.text} ${claimBadge(claim)}`
}

import { findCascade, systemState } from './cascade/index.ts'
import { checkClaims, type Claim, screenFacts } from './claims/index.ts'
import { guidanceDebt } from './debt/index.ts'
import { derivedClaims } from './derived-claims.ts'
import type { Diagnosis } from './diagnosis.ts'
import { type Facts, RECORD_ID, sourcedOnly } from './facts/index.ts'
import { gapsOf } from './gaps.ts'
import { assessAll, closingOrder, KnownFacts, type Loop } from './levels/index.ts'
import { findSignature } from './signature/index.ts'
import { planSteps } from './steps/index.ts'
import { disputesOf, timelineOf } from './timeline.ts'

/** Facts in, diagnosis out: no clock, no chance, no file. */
export function diagnose(given: Facts): Diagnosis {
  const screened = screenFacts(sourcedOnly(given))
  const known = new KnownFacts(screened.facts)
  const assessments = assessAll(known)
  const order = closingOrder(assessments)
  const [bindingConstraint = 'signal' as Loop] = order
  const derived = {
    assessments,
    order,
    systemState: systemState(assessments),
    cascade: findCascade(known, assessments),
    signature: findSignature(known),
    debt: guidanceDebt(known),
  }
  const { facts, catalogue } = known
  const context = { catalogue, sourceIds: new Set(facts.sources.map(({ id }) => id)), costs: facts.costs }
  const checked = checkClaims([...derivedClaims(known, derived), ...facts.claims], context)
  return {
    subject: facts.subject,
    asOf: facts.asOf,
    ...derived,
    bindingConstraint,
    steps: planSteps(known, assessments, order),
    costs: facts.costs,
    timeline: timelineOf(known),
    claims: [...checked.claims, ...factClaims(known)],
    refused: [...screened.refused, ...checked.refused],
    gaps: gapsOf(known),
    disputes: disputesOf(known),
    sources: facts.sources,
    known,
  }
}

/** Everything that a source says, as the claim it is. */
function factClaims({ catalogue }: KnownFacts): readonly Claim[] {
  return [...catalogue.entries.values()]
    .filter(({ id, kind }) => id !== RECORD_ID && kind !== 'incident')
    .map(({ id, text, sources }) => ({
      id,
      class: 'Fact',
      text,
      sources,
      basedOn: [],
      isReported: !catalogue.hasPrimary(sources),
    }))
}

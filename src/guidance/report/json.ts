import type { Claim } from '../claims/index.ts'
import type { Diagnosis } from '../diagnosis.ts'
import { showMoment, toIso } from '../facts/index.ts'
import { loops } from '../levels/index.ts'

/** The diagnosis as one JSON document. Its names are relied on by scripts. */
export function toJson(diagnosis: Diagnosis): Readonly<Record<string, unknown>> {
  const { assessments, known } = diagnosis
  const { catalogue } = known
  return {
    subject: diagnosis.subject,
    asOf: toIso(diagnosis.asOf),
    levels: {
      guidance: assessments.guidance.level,
      cadence: assessments.cadence.level,
      signal: assessments.signal.level,
    },
    bindingConstraint: diagnosis.bindingConstraint,
    order: diagnosis.order,
    systemState: diagnosis.systemState,
    cascade: diagnosis.cascade.map(({ from, to, name, mechanism, facts }) => ({
      from,
      to,
      name,
      mechanism,
      facts,
      class: 'Inference',
      sources: catalogue.sourcesOf(facts),
    })),
    signature: {
      recurring: diagnosis.signature.isRecurring,
      text: diagnosis.signature.text,
      incidents: diagnosis.signature.matches.map(({ incident, title, stages }) => ({ incident, title, stages })),
    },
    steps: diagnosis.steps.map(({ loop, from, to, actions, goNoGo }) => ({
      loop,
      from,
      to,
      actions: actions.map(({ text }) => text),
      goNoGo: goNoGo.map(({ metric, target, current, met, facts }) => ({
        metric,
        target,
        current,
        met,
        sources: catalogue.sourcesOf(facts),
      })),
    })),
    debt: diagnosis.debt.map((row) => ({
      category: row.category,
      indicator: row.indicator,
      value: row.value,
      unit: row.unit,
      shown: row.shown,
      evidence: row.evidence,
      class: row.class,
      sources: catalogue.sourcesOf(row.facts),
      facts: row.facts,
      trend: row.trend,
      ...(row.mechanism === undefined ? {} : { mechanism: row.mechanism, alternatives: row.alternatives }),
    })),
    costs: diagnosis.costs.map(({ id, text, amount, currency, sources }) => ({ id, text, amount, currency, sources })),
    requirements: loops.flatMap((loop) =>
      assessments[loop].checks.map(({ requirement: { id, level, text, action }, finding }) => ({
        loop,
        level,
        id,
        text,
        status: finding.status,
        finding: finding.text,
        facts: finding.facts,
        sources: catalogue.sourcesOf(finding.facts),
        action,
      })),
    ),
    timeline: diagnosis.timeline.map(({ id, at, kind, text, sources, incident, isReported, accounts }) => ({
      id,
      at: toIso(at),
      kind,
      text,
      sources,
      reported: isReported,
      ...(incident === undefined ? {} : { incident }),
      ...(accounts === undefined || accounts.length === 0
        ? {}
        : {
            accounts: accounts.map((account) => ({
              ...(account.at === undefined ? {} : { at: toIso(account.at) }),
              ...(account.share === undefined ? {} : { share: account.share.text }),
              text: account.text,
              sources: account.sources,
            })),
          }),
    })),
    claims: diagnosis.claims.map(claimJson),
    refused: diagnosis.refused,
    gaps: diagnosis.gaps,
    disputes: diagnosis.disputes,
    sources: diagnosis.sources,
    period: periodJson(diagnosis),
  }
}

function claimJson(claim: Claim): Readonly<Record<string, unknown>> {
  const { id, text, sources, basedOn } = claim
  const base = { id, text, class: claim.class, sources, ...(basedOn.length === 0 ? {} : { basedOn }) }
  switch (claim.class) {
    case 'Fact':
      return { ...base, reported: claim.isReported }
    case 'Correlation':
      return { ...base, mechanism: claim.mechanism, alternatives: claim.alternatives }
    case 'Inference':
      return { ...base, reasoning: claim.reasoning }
    case 'Opinion':
      return { ...base, assessedBy: claim.assessedBy, alternatives: claim.alternatives }
  }
}

function periodJson({ known: { facts } }: Diagnosis): unknown {
  const { period } = facts
  return period === undefined ? null : { ...period, from: showMoment(period.from), to: showMoment(period.to) }
}

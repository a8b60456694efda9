import type { Cost, FactCatalogue, OfferedClaim } from '../facts/index.ts'
import type { Claim, Refusal, RuleName } from './claim.ts'
import { findExcludedKind } from './excluded-kinds.ts'
import { plain } from './wording.ts'

export interface ClaimContext {
  readonly catalogue: FactCatalogue
  readonly sourceIds: ReadonlySet<string>
  readonly costs: readonly Cost[]
  /** Claims that have passed, by id, so that one may stand on another. */
  readonly passed: ReadonlyMap<string, Claim>
}

export type ClaimResult =
  | { readonly ok: true; readonly claim: Claim }
  | { readonly ok: false; readonly refusal: Refusal }

/** Holds an offered claim to the rules. The first rule that it breaks names its refusal. */
export function checkClaim(offered: OfferedClaim, context: ClaimContext): ClaimResult {
  const refuse = (rule: RuleName, why: string): ClaimResult => ({
    ok: false,
    refusal: { id: offered.id, text: offered.text, rule, why },
  })
  const basedOn = offered.basedOn ?? []
  const ownSources = offered.sources ?? []
  const excluded = findExcludedKind(wordsOf(offered, context))
  if (excluded !== undefined) return refuse(excluded.rule, excluded.why)
  const strangeSource = ownSources.find((id) => !context.sourceIds.has(id))
  if (strangeSource !== undefined) return refuse('unknown-source', `there is no source "${strangeSource}"`)
  const strangeFact = basedOn.find((id) => context.catalogue.get(id) === undefined && !context.passed.has(id))
  if (strangeFact !== undefined)
    return refuse('unknown-fact', `it stands on "${strangeFact}", which is no fact here and no claim that passed`)
  const sources = [...new Set([...ownSources, ...sourcesBehind(basedOn, context)])]
  const base = { id: offered.id, text: offered.text, sources, basedOn }
  switch (offered.class) {
    case 'Fact': {
      if (sources.length === 0) return refuse('fact-without-source', 'a fact is said by a source; it names none')
      const isReported = !context.catalogue.hasPrimary(sources)
      if (isReported && offered.reported !== true)
        return refuse(
          'fact-not-marked-reported',
          'none of its sources is the operator’s own; mark it `reported: true`, or cite a primary one',
        )
      return { ok: true, claim: { ...base, class: 'Fact', isReported } }
    }
    case 'Correlation': {
      if (new Set(basedOn).size < 2)
        return refuse('correlation-without-facts', 'a correlation is a pattern across at least two facts; name them')
      if (isBlank(offered.mechanism))
        return refuse('correlation-without-mechanism', 'it proposes no mechanism, even as a hypothesis')
      const alternatives = nonBlank(offered.alternatives)
      if (alternatives.length === 0) return refuse('correlation-without-alternatives', 'it names no other explanation')
      if (causal.test(plain(offered.text)))
        return refuse('correlation-states-cause', 'its text states a cause; a correlation only says what went together')
      return { ok: true, claim: { ...base, class: 'Correlation', mechanism: offered.mechanism ?? '', alternatives } }
    }
    case 'Inference': {
      if (isBlank(offered.reasoning)) return refuse('inference-without-reasoning', 'it does not show its reasoning')
      if (basedOn.length === 0) return refuse('inference-without-facts', 'it names no fact that it stands on')
      const opinion = basedOn.find((id) => context.passed.get(id)?.class === 'Opinion')
      if (opinion !== undefined)
        return refuse('inference-on-opinion', `it stands on "${opinion}", which is somebody's assessment`)
      return { ok: true, claim: { ...base, class: 'Inference', reasoning: offered.reasoning ?? '' } }
    }
    case 'Opinion': {
      if (isBlank(offered.assessedBy))
        return refuse('opinion-not-framed', 'it does not say whose assessment it is (assessedBy)')
      return {
        ok: true,
        claim: {
          ...base,
          class: 'Opinion',
          assessedBy: offered.assessedBy ?? '',
          alternatives: nonBlank(offered.alternatives),
        },
      }
    }
  }
}

/** Checks claims in order; one may stand on those before it. */
export function checkClaims(
  offered: readonly OfferedClaim[],
  context: Omit<ClaimContext, 'passed'>,
): { readonly claims: readonly Claim[]; readonly refused: readonly Refusal[] } {
  const passed = new Map<string, Claim>()
  const refused: Refusal[] = []
  for (const claim of offered) {
    const result = checkClaim(claim, { ...context, passed })
    if (result.ok) passed.set(result.claim.id, result.claim)
    else refused.push(result.refusal)
  }
  return { claims: [...passed.values()], refused }
}

const causal =
  /\b(?:caused?|causing|because|due to|led to|leads to|resulted? in|results in|therefore|triggered|made .{1,60} (?:fail|break|crash)|to blame|responsible for|is why|root cause)\b/u

function wordsOf(offered: OfferedClaim, { catalogue, costs }: ClaimContext): Parameters<typeof findExcludedKind>[0] {
  const cited = [...(offered.basedOn ?? [])]
  const disclosed = cited.flatMap((id) => {
    const fact = catalogue.get(id)
    return fact !== undefined && catalogue.hasPrimary(fact.sources) ? [fact.text] : []
  })
  return {
    said: [offered.text, offered.mechanism, offered.reasoning].filter((part) => part !== undefined).join('. '),
    disclosed: disclosed.join('. '),
    declaredAmounts: costs.filter(({ id }) => cited.includes(id)).map(({ amount }) => amount),
  }
}

function sourcesBehind(basedOn: readonly string[], { catalogue, passed }: ClaimContext): readonly string[] {
  return basedOn.flatMap((id) => catalogue.get(id)?.sources ?? passed.get(id)?.sources ?? [])
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === ''
}

function nonBlank(texts: readonly string[] | undefined): readonly string[] {
  return (texts ?? []).filter((text) => !isBlank(text))
}

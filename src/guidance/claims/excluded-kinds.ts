import type { RuleName } from './claim.ts'
import { plain, type Term, terms } from './wording.ts'

/** A claim's words, and what its cited primary sources say: the one thing that can allow an excluded subject. */
export interface ClaimWords {
  /** Everything the claim says: text, mechanism, reasoning, alternatives are not among it. */
  readonly said: string
  /** The facts it cites that come from the operator itself. */
  readonly disclosed: string
  /** Amounts of costs that the claim cites. One that a cited fact of the operator's states is declared too. */
  readonly declaredAmounts: readonly number[]
}

interface Finding {
  readonly rule: RuleName
  readonly why: string
}

/** Which of the four excluded kinds a claim is, if any. */
export function findExcludedKind(words: ClaimWords): Finding | undefined {
  const said = plain(words.said)
  const disclosed = plain(words.disclosed)
  const undisclosed = (list: readonly Term[]): string | undefined =>
    list.find(({ pattern }) => pattern.test(said) && !pattern.test(disclosed))?.name

  const mechanism = undisclosed(impossibleMechanisms)
  if (mechanism !== undefined) {
    const why = `${mechanism} is no mechanism by which serving fails, unless the operator itself has disclosed it`
    return { rule: 'invented-mechanism', why }
  }
  const outside = undisclosed(outsideWorld)
  if (outside !== undefined) {
    const why = `no fact that it cites from the operator connects an incident with ${outside}`
    return { rule: 'fabricated-correlation', why }
  }
  const financial = speculativeFigure(said, disclosed, words.declaredAmounts)
  if (financial !== undefined) return { rule: 'speculative-financial-model', why: financial }
  const inside = undisclosed(innerLife)
  if (inside !== undefined) {
    const why = `nothing that it cites from the operator speaks of ${inside}; a diagnosis rests on what could be observed`
    return { rule: 'unsubstantiated-root-cause', why }
  }
  return undefined
}

// What does not happen in a datacentre, or explains nothing there. Neighbours that must pass: quantization, quantile,
// chaos engineering, ECC errors that the operator has disclosed.
const impossibleMechanisms = terms({
  'a quantum effect':
    '(?<!time )(?<!scheduling )(?<!scheduler )quantum\\b|qubits?\\b|(?:wave ?function|superposition|decoherence|entangle(?:ment|d (?:states?|particles?|tokens?|pairs?|bits?|weights?)))\\b',
  'a cosmic ray':
    'cosmic|(?:stray|high energy|ionis?z?ing) (?:particles?|radiation|neutrons?)|alpha particles?|neutrinos?|muons?|gamma rays?|radiation (?:induced|flip|event)|single event upsets?',
  'a bit flip':
    'bit ?flips?\\b|(?:flipp(?:ed|ing)|spontaneous(?:ly)?) (?:\\w+ ){0,2}(?:memory )?(?:bits?|cells?)\\b|bits? (?:\\w+ ){0,2}flipp(?:ed|ing)',
  'a chaotic attractor':
    'lorenz|(?:strange|chaotic) attractors?|attractor (?:pattern|dynamic|state|basin)s?|butterfly effect|chaos theory|deterministic chaos|fractal',
  'a will of the model':
    '(?:sentien|conscious(?!ly)|self aware)\\w*|(?:model|claude|gpt|gemini|llm)s? (?:\\w+ ){0,2}(?:decid(?:ed|es) to|refus(?:ed|es) to work|(?:was|were|got|is|felt|became) (?:tired|bored|lazy|angry|depressed|unhappy))|mood swings?|emergent (?:will|intent\\w*|desire)',
  'a resonance of tokens': '(?:harmonic|morphic|token|vibrational) resonances?|dark (?:matter|energy)|tachyons?|astral',
})

// What goes on in the world while something fails. Neighbours: the operator's own word on a storm or a power failure.
const outsideWorld = terms({
  'geopolitical events':
    'geopolitic\\w*|(?:war(?! room)|invasion|coup|sanctions?|summit|(?<!leader )elections?|referendum|tariffs?|military|missile|pentagon|congress(?:ional)?|parliament|white house|embargo|ceasefire|treaty|diplomatic)\\b',
  'the sun':
    'solar (?!panel|farm|power)|sun ?spots?|geomagnetic|coronal mass|space weather|magnetic storms?|aurora borealis',
  'the sky':
    '(?:full|new|blood) moon|lunar|moon phases?|phases? of the moon|(?:solar|lunar|total) eclipse|mercury (?:is |was )?(?:in )?retrograde|retrograde|planetary|astrolog\\w*|horoscop\\w*|zodiac|tides?\\b|equinox|solstice',
  'the markets':
    'stock (?:market|price)s?|share prices?|nasdaq|bitcoin|crypto(?:currency|currencies)?\\b|interest rates?|bond yields?',
  'the weather or the earth':
    'earthquakes?|seismic|volcan\\w*|hurricanes?|thunderstorms?|lightning (?:strike|storm)s?|barometric|(?:bad|stormy|severe|extreme) weather|weather (?:event|front|condition|pattern)s?|the weather (?:in|over|at|on|near)|pollen',
  'the calendar of public life':
    'friday the 13|world cup|super ?bowl|olympi\\w*|taylor swift|holiday curse|numerolog\\w*',
})

// What an operator is like inside: nothing that incidents show. Neighbours: what the operator has said about itself.
const innerLife = terms({
  'its culture':
    '(?:(?:engineering|company|corporate|internal|team|safety|work|organi[sz]ational|move fast|blame|hero) )?cultur(?:e|al)\\b|toxic (?:workplace|environment|management|team)|mindset|ethos\\b|complacen\\w*|arrogan\\w*|hubris|attitude',
  'its hiring or staff':
    'hir(?:ing|ed|es)\\b|recruit\\w*|lay ?offs?|laid off|understaff\\w*|short ?staff\\w*|headcount|attrition|turnover|burn ?(?:ed )?out|burnout|overwork\\w*|morale|inexperienced|junior (?:engineers?|staff|developers?)|(?:too few|not enough|lack of) (?:engineers|people|staff|sres?)|brain drain|talent (?:gap|exodus|drain)',
  'its competence or care':
    'incompeten\\w*|neglig\\w*|careless\\w*|sloppy|sloppiness|laz(?:y|iness)\\b(?! (?:load|init|eval|import|compil|delet|alloc))|reckless\\w*|amateur\\w*|did ?n.?t care|did not care|do(?:es)? not care|do(?:es)?n t care|indifferen\\w*|cutting corners|cuts? corners',
  'its motives':
    'greed\\w*|profit motive|deliberate(?:ly)?|intentional(?:ly)?|secretly|cover(?:ed|ing)? ?up|cover up|on purpose|to save (?:money|costs?|compute)|cost cutting|(?:put|placed?|prioriti[sz]ed?|prioriti[sz]ing|chose|valued?) (?:\\w+ ){0,3}(?:growth|profits?|revenue|speed|hype|launch(?:es)?|features) (?:over|above|before|instead)|pressure (?:from|by) (?:\\w+ ){0,2}(?:management|leadership|investors|executives|board|ceo)|(?:management|leadership|investor|executive|board) pressure|leadership (?:failed|ignored|wanted|decided)|management (?:failed|ignored|wanted|decided)',
  'its inner architecture':
    'monolith\\w*|spaghetti|legacy (?:code|stack|system|architecture|monolith)\\w*|technical debt|tech debt|architectur(?:e|al) (?:decision|choice|mistake|flaw|shortcut)s?|bad(?:ly)? (?:architecture|design(?:ed)?|architected)|(?:wrong|poor) architecture|microservices? (?:sprawl|mess)|(?:chose|choosing|picked|decision to use|choice of) (?:the )?(?:wrong|cheap\\w*) (?:database|language|framework|vendor|stack)',
})

const money =
  /(?:[$€£¥]|\b(?:usd|eur|gbp|chf|jpy)\b)\s?(\d[\d.,]*)\s*(thousand|k|million|mn|m|billion|bn|b)?\b|\b(\d[\d.,]*)\s*(thousand|k|million|mn|m|billion|bn|b)?\s*(?:[$€£¥]|(?:us )?dollars?|euros?|pounds?|usd|eur|gbp|chf|yen)\b|\b(?:a few |several |tens of |hundreds of |dozens of )(thousand|million|billion)s?\b/gu

// Quantities of money that nobody has stated, in words.
const modelling = terms({
  'a simulation of losses':
    'monte carlo|(?:simulat|bootstrap|stochastic|probabilistic)\\w* (?:\\w+ ){0,6}(?:loss|cost|outage|revenue|downtime|damage|financial|churn|exposure)\\w*|(?:loss|outage|downtime|cost)s? (?:\\w+ ){0,3}(?:distributions?|simulat\\w*)|(?:fitted|assumed|sampled|drawn) (?:\\w+ ){0,3}(?:poisson|pareto|lognormal|log normal|gamma|weibull|beta) ',
  'an estimate of money lost':
    '(?:expected|estimated|projected|probable|potential|likely|implied|modell?ed|extrapolated) (?:\\w+ ){0,3}(?:(?<!packet |training |validation )loss(?:es)?(?! of (?:connectivity|capacity|requests|packets|data|context|precision|quality|accuracy))|costs?(?! (?:in|of) (?:tokens?|cpu|memory|latency|time|compute))|revenue|damages?|churn|exposure|liabilit(?:y|ies))\\b|value at risk|loss expectancy|revenue (?:at risk|loss|lost|impact|hit)|lost revenue|(?:cost|price) (?:of (?:the )?(?:downtime|outage)|per (?:minute|hour|outage|incident))|downtime costs?|(?:cost|lost|losing|burn(?:ed|t|ing)?|forfeit\\w*) (?:\\w+ ){0,4}(?:fortune|millions|billions|thousands)|market (?:cap|value|valuation)|valuation|net present value|return on investment|\\broi\\b',
})

function speculativeFigure(said: string, disclosed: string, declared: readonly number[]): string | undefined {
  const stated = new Set(amountsIn(disclosed).map(({ value }) => value))
  const amounts = amountsIn(said)
  const unknown = amounts.find(({ value }) => value === undefined || !(declared.includes(value) || stated.has(value)))
  if (unknown !== undefined) return `"${unknown.shown}" is no amount that a cited cost declares`
  const modelled = modelling.find(({ pattern }) => pattern.test(said) && !pattern.test(disclosed))
  // A declared amount may be called what it is: a cost. What has been simulated is never declared.
  if (modelled !== undefined && (amounts.length === 0 || modelled === modelling[0]))
    return `${modelled.name} is a model, not a declared figure`
  return undefined
}

function amountsIn(text: string): readonly { readonly shown: string; readonly value: number | undefined }[] {
  return [...text.matchAll(money)].map((match) => {
    const [, before, beforeScale, after, afterScale, vague] = match
    return { shown: match[0].trim(), value: amountOf(before ?? after, beforeScale ?? afterScale, vague) }
  })
}

const scales: ReadonlyMap<string, number> = new Map([
  ['thousand', 1e3],
  ['k', 1e3],
  ['million', 1e6],
  ['mn', 1e6],
  ['m', 1e6],
  ['billion', 1e9],
  ['bn', 1e9],
  ['b', 1e9],
])

function amountOf(
  digits: string | undefined,
  scale: string | undefined,
  vague: string | undefined,
): number | undefined {
  if (vague !== undefined || digits === undefined) return undefined
  const value = Number(
    digits
      .replaceAll(/[,.](?=\d{3}\b)/g, '')
      .replace(/[.,]$/, '')
      .replace(',', '.'),
  )
  return Number.isFinite(value) ? value * (scale === undefined ? 1 : (scales.get(scale) ?? 1)) : undefined
}

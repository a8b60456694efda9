import type { Random } from '../random.ts'
import { tokenize } from './tokenizer.ts'

/** One way the text may go on. */
export interface NextToken {
  readonly token: string
  readonly probability: number
}

export interface LanguageModelOptions {
  /** How many tokens an n-gram has. Default 4: the next token depends on the three before it. */
  readonly order?: number
  /**
   * Weight of the novel continuations in the smoothing. 1 is Witten and Bell's estimate for large corpora; the default
   * of 0.12 trusts long contexts more, which a corpus of a few kilobytes needs to stay readable.
   */
  readonly noveltyWeight?: number
}

/** The end of a document. Never part of a text, since the tokenizer does not make empty tokens. */
export const END_TOKEN = ''

const UNKNOWN_ID = 0
const END_ID = 1

interface Continuations {
  total: number
  readonly counts: Map<number, number>
}

/**
 * An n-gram model with interpolated back-off (Witten and Bell, "The zero-frequency problem", 1991): every token of the
 * vocabulary has a probability in every context, and the probabilities sum to one.
 */
export class LanguageModel {
  readonly #order: number
  readonly #noveltyWeight: number
  readonly #ids = new Map<string, number>([
    ['\u0000unknown', UNKNOWN_ID],
    [END_TOKEN, END_ID],
  ])
  readonly #tokens: string[] = ['\u0000unknown', END_TOKEN]
  readonly #contexts = new Map<string, Continuations>()
  readonly #unigrams: Continuations = { total: 0, counts: new Map() }
  readonly #scratch: Float64Array
  readonly #base: Float64Array

  /** `topics` maps a start symbol (the first context of a document) to its documents. */
  constructor(topics: Readonly<Record<string, readonly string[]>>, options: LanguageModelOptions = {}) {
    this.#order = options.order ?? 4
    this.#noveltyWeight = options.noveltyWeight ?? 0.12
    for (const [topic, documents] of Object.entries(topics)) {
      for (const document of documents) this.#learn(topic, document)
    }
    // Add-one over the vocabulary, so that an unknown token has a small probability instead of none.
    this.#base = new Float64Array(this.#tokens.length)
    const denominator = this.#unigrams.total + this.#tokens.length
    for (let id = 0; id < this.#base.length; id += 1) {
      this.#base[id] = ((this.#unigrams.counts.get(id) ?? 0) + 1) / denominator
    }
    this.#scratch = new Float64Array(this.#tokens.length)
  }

  get vocabularySize(): number {
    return this.#tokens.length
  }

  /** Draws the token after `context`. Temperature 0 takes the most likely one; 1, the default, the model's own odds. */
  sample(context: readonly string[], random: Random, temperature = 1): string {
    if (temperature <= 0) return this.#tokenOf(indexOfLargest(this.#distribution(context)))
    return temperature === 1 ? this.#sampleOwnOdds(context, random) : this.#sampleAt(temperature, context, random)
  }

  /** The probability of `token` after `context`; that of an unknown token when the vocabulary lacks it. */
  probability(context: readonly string[], token: string): number {
    return this.#distribution(context)[this.#ids.get(token) ?? UNKNOWN_ID] ?? 0
  }

  /** The `count` most likely tokens after `context`, the likeliest first. */
  mostLikely(context: readonly string[], count: number): NextToken[] {
    return [...this.#distribution(context).entries()]
      .filter(([id]) => id !== UNKNOWN_ID)
      .sort((left, right) => right[1] - left[1])
      .slice(0, count)
      .map(([id, probability]) => ({ token: this.#tokenOf(id), probability }))
  }

  #learn(topic: string, document: string): void {
    const start = this.#idOf(`\u0000${topic}`)
    const history = [start]
    for (const token of [...tokenize(document), END_TOKEN]) {
      const id = this.#idOf(token)
      count(this.#unigrams, id)
      for (let length = 1; length < this.#order && length <= history.length; length += 1) {
        const key = history.slice(-length).join(' ')
        const known = this.#contexts.get(key) ?? { total: 0, counts: new Map<number, number>() }
        this.#contexts.set(key, known)
        count(known, id)
      }
      history.push(id)
    }
  }

  // The odds of `#distribution` (less the add-one of tokens never seen), drawn level by level without touching the
  // whole vocabulary: ten times faster, which matters to a simulator that answers thousands of requests a second.
  #sampleOwnOdds(context: readonly string[], random: Random): string {
    for (const known of this.#knownContexts(context)) {
      const novelty = this.#noveltyWeight * known.counts.size
      const drawn = drawFrom(known, random.next() * (known.total + novelty))
      if (drawn !== undefined) return this.#tokenOf(drawn)
    }
    return this.#tokenOf(drawFrom(this.#unigrams, random.next() * this.#unigrams.total) ?? END_ID)
  }

  #sampleAt(temperature: number, context: readonly string[], random: Random): string {
    const weights = this.#distribution(context).map((probability) => probability ** (1 / temperature))
    weights[UNKNOWN_ID] = 0
    let rest = random.next() * weights.reduce((sum, weight) => sum + weight, 0)
    for (const [id, weight] of weights.entries()) {
      rest -= weight
      if (rest < 0) return this.#tokenOf(id)
    }
    return END_TOKEN
  }

  // Each context takes its share of what the longer ones left; the unigrams take the rest.
  #distribution(context: readonly string[]): Float64Array {
    const probabilities = this.#scratch
    probabilities.fill(0)
    let left = 1
    for (const known of this.#knownContexts(context)) {
      const novelty = this.#noveltyWeight * known.counts.size
      for (const [id, seen] of known.counts) {
        probabilities[id] = (probabilities[id] ?? 0) + (left * seen) / (known.total + novelty)
      }
      left *= novelty / (known.total + novelty)
    }
    for (const [id, base] of this.#base.entries()) probabilities[id] = (probabilities[id] ?? 0) + left * base
    return probabilities
  }

  // The longest first. Every shorter end of a known context is known too.
  #knownContexts(context: readonly string[]): Continuations[] {
    const found: Continuations[] = []
    let key = ''
    for (let length = 1; length < this.#order && length <= context.length; length += 1) {
      const id = this.#ids.get(context[context.length - length] ?? '') ?? UNKNOWN_ID
      key = length === 1 ? `${id}` : `${id} ${key}`
      const known = this.#contexts.get(key)
      if (known === undefined) break
      found.unshift(known)
    }
    return found
  }

  #idOf(token: string): number {
    const known = this.#ids.get(token)
    if (known !== undefined) return known
    const id = this.#tokens.length
    this.#ids.set(token, id)
    this.#tokens.push(token)
    return id
  }

  #tokenOf(id: number): string {
    return this.#tokens[id] ?? END_TOKEN
  }
}

/** The context that stands for the beginning of a document on `topic`. */
export function startOf(topic: string): string {
  return `\u0000${topic}`
}

function count(continuations: Continuations, id: number): void {
  continuations.total += 1
  continuations.counts.set(id, (continuations.counts.get(id) ?? 0) + 1)
}

// Undefined when the draw falls behind the last count: into the share of what was never seen here.
function drawFrom(known: Continuations, draw: number): number | undefined {
  let rest = draw
  for (const [id, seen] of known.counts) {
    rest -= seen
    if (rest < 0) return id
  }
  return undefined
}

function indexOfLargest(values: Float64Array): number {
  let best = END_ID
  for (let index = END_ID; index < values.length; index += 1) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index
  }
  return best
}

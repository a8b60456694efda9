import { END_TOKEN, LanguageModel, startOf } from './language-model.ts'
import type { Random } from '../random.ts'
import { codeText, reviewText, shippingText, supportText, weatherText } from './text/index.ts'
import { tokenize } from './tokenizer.ts'

const PROSE_TOPICS = { support: supportText, review: reviewText, shipping: shippingText, weather: weatherText } as const
type ProseTopic = keyof typeof PROSE_TOPICS

const CODE_TOPIC = 'code'
// Longer than any sentence of the text: a guard against a loop, which greedy sampling can fall into.
const SENTENCE_LIMIT_TOKENS = 48
const CODE_LIMIT_TOKENS = 160

/** How a text is to be written. */
export interface WritingOptions {
  /** What the text should be about; the topic whose words it shares most is taken. */
  readonly about: string
  readonly random: Random
  /** Default 1. 0 takes the likeliest token each time. */
  readonly temperature?: number
  /** A text to be continued: the first token then follows its last one. */
  readonly after?: string
}

/** A token with its log probability and the likeliest alternatives. */
export interface ScoredToken {
  readonly token: string
  readonly logprob: number
  readonly top: readonly { readonly token: string; readonly logprob: number }[]
}

/** Writes prose and code with two small language models, trained on first use (some 30 ms). */
export class Writer {
  #proseModel: LanguageModel | undefined
  #codeModel: LanguageModel | undefined
  #topicWords: ReadonlyMap<ProseTopic, ReadonlySet<string>> | undefined

  /** Whole sentences; the last token ends in a full stop. The first token has no leading space. */
  sentences(count: number, { about, random, temperature = 1, after }: WritingOptions): string[] {
    const model = this.#prose
    const topic = this.#topicOf(about, random)
    const tokens: string[] = []
    let context: string[] = after === undefined ? [startOf(topic)] : tokenize(after.slice(-200))
    for (let done = 0, length = 0; done < count;) {
      let token = length >= SENTENCE_LIMIT_TOKENS ? '.' : model.sample(context, random, temperature)
      if (token === END_TOKEN || token.startsWith('\u0000')) {
        // A paragraph of the corpus ends here, always after a full stop; the next sentence begins another one.
        context = [startOf(topic)]
        if (length === 0) continue
        token = '.'
      }
      context.push(token)
      const isTextStart = tokens.length === 0 && after === undefined
      const isSentenceStart = context.length === 2 && /^\p{L}/u.test(token)
      tokens.push(isTextStart ? token.trimStart() : isSentenceStart ? ` ${token}` : token)
      length += 1
      if (token === '.') {
        done += 1
        length = 0
      }
    }
    return tokens
  }

  /** One function in the manner of TypeScript; it reads like code and need not compile. */
  code({ random, temperature = 1 }: Omit<WritingOptions, 'about'>): string[] {
    const model = this.#code
    const tokens: string[] = []
    const context = [startOf(CODE_TOPIC)]
    while (tokens.length < CODE_LIMIT_TOKENS) {
      const token = model.sample(context, random, temperature)
      if (token === END_TOKEN || token.startsWith('\u0000')) break
      context.push(token)
      tokens.push(token)
    }
    return tokens
  }

  /** The log probability of each token after those before it, with the `topCount` likeliest alternatives. */
  score(tokens: readonly string[], topCount: number): ScoredToken[] {
    const model = this.#prose
    return tokens.map((token, index) => {
      const context = index === 0 ? [startOf('support')] : tokens.slice(Math.max(0, index - 3), index)
      const top = topCount === 0 ? [] : model.mostLikely(context, topCount)
      return {
        token,
        logprob: Math.log(model.probability(context, token)),
        top: top.map((next) => ({ token: next.token, logprob: Math.log(next.probability) })),
      }
    })
  }

  get #prose(): LanguageModel {
    this.#proseModel ??= new LanguageModel(
      Object.fromEntries(Object.entries(PROSE_TOPICS).map(([topic, text]) => [topic, text.trim().split('\n\n')])),
    )
    return this.#proseModel
  }

  get #code(): LanguageModel {
    this.#codeModel ??= new LanguageModel({ [CODE_TOPIC]: codeText.trim().split('\n\n') })
    return this.#codeModel
  }

  #topicOf(about: string, random: Random): ProseTopic {
    this.#topicWords ??= new Map(
      (Object.keys(PROSE_TOPICS) as ProseTopic[]).map((topic) => [topic, wordsOf(`${topic} ${PROSE_TOPICS[topic]}`)]),
    )
    // The last two thousand characters tell the subject; a long prompt must not cost more than its answer.
    const asked = wordsOf(about.slice(-2000))
    let best: ProseTopic[] = []
    let bestShared = -1
    for (const [topic, words] of this.#topicWords) {
      let shared = 0
      for (const word of asked) if (words.has(word)) shared += 1
      if (shared > bestShared) [best, bestShared] = [[], shared]
      if (shared === bestShared) best.push(topic)
    }
    return random.pick(best)
  }
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}{5,}/gu) ?? [])
}

/** The hooks and what they do, for whoever asks the site. */
export const promptHooks: Readonly<Record<string, string>> = {
  '[[say:TEXT]]': 'Answers with exactly TEXT.',
  '[[refuse]]': 'Refuses in the protocol’s own way.',
  '[[checksum]]': 'Ends the text with a checksum that proves it whole.',
  '[[call NAME JSON]]':
    'Calls the tool NAME with these arguments (a string for a tool that takes free text). Several are made one after the ' +
    'other, each after the result of the one before; then the answer repeats the last result.',
}

/** A tool call that the prompt orders. */
export interface OrderedCall {
  readonly name: string
  /** The arguments: an object, or a string for a tool that takes free text. */
  readonly input: unknown
}

/** Orders to the simulated model, anywhere in what the user said since the last answer. */
export interface PromptHooks {
  /** `[[say:TEXT]]`: answer with exactly TEXT. */
  readonly say: string | undefined
  /** `[[refuse]]`: refuse in the protocol's own way. */
  readonly refuse: boolean
  /** `[[checksum]]`: end the text with ` end-of-answer-<checksum>.`, so that the reader can prove it whole. */
  readonly checksum: boolean
  /**
   * `[[call NAME JSON]]`: call the tool NAME with these arguments; without JSON, with `{}`. Several are made one after
   * the other, each after the result of the one before. Then the answer is text that repeats the last result.
   */
  readonly calls: readonly OrderedCall[]
}

// Arguments may contain `]]`; a text with thousands of them must not cost thousands of parses for each order.
const MOST_ENDINGS = 64

/** Reads the hooks of a text; `TEXT` runs to the first `]]`. */
export function parseHooks(text: string): PromptHooks {
  return {
    say: /\[\[say:([^]*?)\]\]/.exec(text)?.[1],
    refuse: text.includes('[[refuse]]'),
    checksum: text.includes('[[checksum]]'),
    calls: [...text.matchAll(/\[\[call\s+([\w.-]+)/g)].flatMap((match) =>
      readCall(match[1] ?? '', text.slice(match.index + match[0].length)),
    ),
  }
}

function readCall(name: string, rest: string): OrderedCall[] {
  for (let at = rest.indexOf(']]'), tries = 0; at !== -1 && tries < MOST_ENDINGS; at = rest.indexOf(']]', at + 1)) {
    const json = rest.slice(0, at).trim()
    if (json === '') return [{ name, input: {} }]
    try {
      return [{ name, input: JSON.parse(json) as unknown }]
    } catch {
      // This `]]` is inside the arguments: the next one may end them.
      tries += 1
    }
  }
  return []
}

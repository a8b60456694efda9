/** Orders to the simulated model in the last user text. */
export interface PromptHooks {
  /** `[[say:TEXT]]`: answer with exactly TEXT. */
  readonly say: string | undefined
  /** `[[refuse]]`: refuse in the protocol's own way. */
  readonly refuse: boolean
  /** `[[checksum]]`: end the text with ` end-of-answer-<checksum>.`, so that the reader can prove it whole. */
  readonly checksum: boolean
}

/** Reads the hooks of a text; `TEXT` runs to the first `]]`. */
export function parseHooks(text: string): PromptHooks {
  return {
    say: /\[\[say:([^]*?)\]\]/.exec(text)?.[1],
    refuse: text.includes('[[refuse]]'),
    checksum: text.includes('[[checksum]]'),
  }
}

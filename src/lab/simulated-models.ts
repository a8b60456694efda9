/** A model that the simulated providers serve. */
export interface SimulatedModel {
  readonly id: string
  readonly displayName: string
  /** Whose model it is typical of; decides what `/v1/models` says of it and how it shows its thinking. */
  readonly family: 'anthropic' | 'openai' | 'google'
  /** Whether it reasons before it answers: only when a request asks for it, or always where the protocol can show it. */
  readonly reasoning: 'when-asked' | 'always'
  /** Tokens of prompt and answer together. */
  readonly contextWindowTokens: number
  readonly maxOutputTokens: number
  /** Whether a trailing assistant message is continued, refused with 400, or taken as a turn like any other. */
  readonly prefill: 'accepted' | 'refused' | 'restarted'
}

/** The models of the lab. Three windows are small, so that a test can overflow one without sending megabytes. */
export const simulatedModels: readonly SimulatedModel[] = [
  {
    id: 'sim-sonnet',
    displayName: 'Simulated Sonnet',
    family: 'anthropic',
    reasoning: 'when-asked',
    contextWindowTokens: 200_000,
    maxOutputTokens: 64_000,
    prefill: 'refused',
  },
  {
    id: 'sim-haiku',
    displayName: 'Simulated Haiku',
    family: 'anthropic',
    reasoning: 'when-asked',
    contextWindowTokens: 8_000,
    maxOutputTokens: 16_384,
    prefill: 'accepted',
  },
  {
    id: 'sim-gpt',
    displayName: 'Simulated GPT',
    family: 'openai',
    reasoning: 'when-asked',
    contextWindowTokens: 128_000,
    maxOutputTokens: 64_000,
    prefill: 'restarted',
  },
  {
    id: 'sim-gpt-mini',
    displayName: 'Simulated GPT mini',
    family: 'openai',
    reasoning: 'when-asked',
    contextWindowTokens: 8_000,
    maxOutputTokens: 16_384,
    prefill: 'restarted',
  },
  {
    id: 'sim-gpt-pro',
    displayName: 'Simulated GPT pro',
    family: 'openai',
    reasoning: 'always',
    contextWindowTokens: 400_000,
    maxOutputTokens: 128_000,
    prefill: 'restarted',
  },
  {
    // In the manner of Gemini 3: it signs its function calls and wants the signatures back.
    id: 'sim-gemini',
    displayName: 'Simulated Gemini',
    family: 'google',
    reasoning: 'always',
    contextWindowTokens: 1_000_000,
    maxOutputTokens: 65_536,
    prefill: 'refused',
  },
  {
    // In the manner of Gemini 2: no signatures, and the last text and the finish reason in one chunk.
    id: 'sim-gemini-flash',
    displayName: 'Simulated Gemini flash',
    family: 'google',
    reasoning: 'when-asked',
    contextWindowTokens: 8_000,
    maxOutputTokens: 16_384,
    prefill: 'accepted',
  },
]

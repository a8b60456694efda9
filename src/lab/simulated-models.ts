/** A model that the simulated providers serve. */
export interface SimulatedModel {
  readonly id: string
  readonly displayName: string
  /** Whose model it is typical of; decides what `/v1/models` says of it and how it shows its thinking. */
  readonly family: 'anthropic' | 'openai'
  /** Tokens of prompt and answer together. */
  readonly contextWindowTokens: number
  readonly maxOutputTokens: number
  /** Whether a trailing assistant message is continued, refused with 400, or taken as a turn like any other. */
  readonly prefill: 'accepted' | 'refused' | 'restarted'
}

/** The models of the lab. Two windows are small, so that a test can overflow one without sending megabytes. */
export const simulatedModels: readonly SimulatedModel[] = [
  {
    id: 'sim-sonnet',
    displayName: 'Simulated Sonnet',
    family: 'anthropic',
    contextWindowTokens: 200_000,
    maxOutputTokens: 64_000,
    prefill: 'refused',
  },
  {
    id: 'sim-haiku',
    displayName: 'Simulated Haiku',
    family: 'anthropic',
    contextWindowTokens: 8_000,
    maxOutputTokens: 16_384,
    prefill: 'accepted',
  },
  {
    id: 'sim-gpt',
    displayName: 'Simulated GPT',
    family: 'openai',
    contextWindowTokens: 128_000,
    maxOutputTokens: 64_000,
    prefill: 'restarted',
  },
  {
    id: 'sim-gpt-mini',
    displayName: 'Simulated GPT mini',
    family: 'openai',
    contextWindowTokens: 8_000,
    maxOutputTokens: 16_384,
    prefill: 'restarted',
  },
]

/** A model that turns text into vectors. */
export interface EmbeddingModel {
  readonly id: string
  readonly dimensions: number
  /** Tokens of one input. */
  readonly inputLimitTokens: number
}

/** The embedding models of the lab, in the sizes of OpenAI's. */
export const embeddingModels: readonly EmbeddingModel[] = [
  { id: 'sim-embedding', dimensions: 1536, inputLimitTokens: 8192 },
  { id: 'sim-embedding-large', dimensions: 3072, inputLimitTokens: 8192 },
]

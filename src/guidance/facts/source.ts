/** Who says so: the operator itself, someone who reports on it, or someone who measures it from outside. */
export type SourceType = 'primary' | 'secondary' | 'monitoring'

export interface Source {
  readonly id: string
  readonly type: SourceType
  readonly title: string
  readonly url?: string | undefined
  readonly usedFor: string
}

/** Anything that somebody has said, and who. */
export interface Sourced {
  readonly sources: readonly string[]
}

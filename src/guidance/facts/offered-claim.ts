/** A claim as somebody offers it, before the rules have looked at it. */
export interface OfferedClaim {
  readonly id: string
  readonly class: 'Fact' | 'Correlation' | 'Inference' | 'Opinion'
  readonly text: string
  readonly sources?: readonly string[] | undefined
  /** The facts it stands on or relates, by id. */
  readonly basedOn?: readonly string[] | undefined
  readonly reasoning?: string | undefined
  /** How a correlation may come about, as a hypothesis. */
  readonly mechanism?: string | undefined
  readonly alternatives?: readonly string[] | undefined
  /** Says that it is somebody's assessment, and whose. */
  readonly assessedBy?: string | undefined
  /** Says that a fact is known from somebody else than the operator. */
  readonly reported?: boolean | undefined
}

import type { Losses, RequestProblem } from '../core/index.ts'

/** Something in a core request that this protocol cannot carry; ends the rendering. */
export class NotExpressible extends Error {
  readonly problem: RequestProblem

  /** `row` is the loss table's. */
  constructor(losses: Losses, row: string, field: string) {
    super(row)
    this.problem = { field, message: losses.refusal(row) }
  }
}

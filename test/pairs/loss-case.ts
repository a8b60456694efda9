import type { JsonObject, ProtocolName } from '../../src/protocols/core/index.ts'

/** A feature of requests, for one row of the loss table. */
export interface LossCase {
  readonly row: string
  /** Which of the row's features, where it has several. */
  readonly name?: string
  /** How the clients that can say it say it. */
  readonly asks: Partial<Readonly<Record<ProtocolName, JsonObject>>>
  /** What providers must get: all of this, in their own words. */
  readonly due?: Partial<Readonly<Record<ProtocolName, object>>>
  /** What must be somewhere in what providers get, in their own words. */
  readonly holds?: Partial<Readonly<Record<ProtocolName, readonly object[]>>>
  /** What must be nowhere in what providers get that drop it. */
  readonly lacks?: string
  /** Other rows that this feature cannot do without, by the target that drops them. */
  readonly also?: Partial<Readonly<Record<ProtocolName, readonly string[]>>>
  /** Targets that refuse this feature by another row, which is looked at first. */
  readonly refusedBy?: Partial<Readonly<Record<ProtocolName, string>>>
}

import type { Scenario, Span } from '../scenarios.ts'
import type { Habit } from './habits.ts'
import type { DrillMix } from './requests.ts'

export type DrillDelivery = 'hold' | 'guarded' | 'live'

/** An incident that can be played: what fails, who asks, and how long it goes on. */
export interface Drill {
  /** Its name and description are the drill's. */
  readonly scenario: Scenario
  /** After which real incident, and what was made up. */
  readonly origin: string
  readonly habit: Habit
  readonly mix: DrillMix
  /** Requests in each run, where nobody says otherwise. */
  readonly requests: number
  /** They arrive at random over this time, ms. */
  readonly lastsMs: number
  /** After which a client gives up a request, ms. */
  readonly clientTimeoutMs: number
  /** The pause of the simulated models before each token, ms. */
  readonly tokenDelayMs: number
  /** How Fullstop delivers, where nobody says otherwise. */
  readonly delivery: DrillDelivery
  /** When what fails begins and ends; without it it lasts as long as the drill. */
  readonly cause?: Span
}

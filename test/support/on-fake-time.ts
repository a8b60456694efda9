import type { FakeClock } from './fake-clock.ts'

/** Turns after which something is taken to wait for the clock, and not for a socket. */
const SOCKET_TURNS = 20

/** Whatever it waits for on the fake clock comes to pass: 1 ms for each turn of the event loop, later 10 ms. */
export async function onFakeTime<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let isOver = false
  const over = promise.finally(() => {
    isOver = true
  })
  for (let turns = 0; !isOver; turns++) {
    // A turn with time for sockets, which an immediate would not give.
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0)
    })
    if (!isOver) clock.advance(turns < SOCKET_TURNS ? 1 : 10)
  }
  return over
}

/** A request that somebody makes at a time, and makes again while it fails. */
export interface Arrival {
  readonly atMs: number
  readonly name: string
  readonly tries: number
}

export interface ClientsOptions {
  readonly clock: FakeClock
  readonly arrivals: readonly Arrival[]
  readonly send: (arrival: Arrival) => Promise<Response>
  /** How often a failed request is made again, whatever its answer says. */
  readonly retries: number
  readonly retryAfterMs: number
}

/** Plays clients that do not listen; the status of each last try, by name. */
export async function playClients(options: ClientsOptions): Promise<ReadonlyMap<string, number>> {
  const { clock, send, retries, retryAfterMs } = options
  const waiting = options.arrivals.toSorted((a, b) => a.atMs - b.atMs)
  const statuses = new Map<string, number>()
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (clock.nowMs() < next.atMs) clock.advance(next.atMs - clock.nowMs())
    const response = await onFakeTime(clock, send(next))
    await response.text()
    statuses.set(next.name, response.status)
    if (response.ok || next.tries > retries) continue
    const again = { ...next, atMs: clock.nowMs() + retryAfterMs, tries: next.tries + 1 }
    const later = waiting.findIndex(({ atMs }) => atMs > again.atMs)
    waiting.splice(later < 0 ? waiting.length : later, 0, again)
  }
  return statuses
}

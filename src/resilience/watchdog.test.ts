import { describe, expect, test } from 'bun:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { type Expiry, Watchdog, type WatchdogOptions } from './watchdog.ts'

const OPTIONS: WatchdogOptions = {
  firstEventMs: 60_000,
  idleMs: 30_000,
  totalMs: 600_000,
  deadlineAtMs: Number.POSITIVE_INFINITY,
}

function watch(options: Partial<WatchdogOptions> = {}): { clock: FakeClock; watchdog: Watchdog; expired: Expiry[] } {
  const clock = new FakeClock()
  const expired: Expiry[] = []
  const watchdog = new Watchdog({ ...OPTIONS, ...options }, { clock, onExpiry: (expiry) => expired.push(expiry) })
  watchdog.start()
  return { clock, watchdog, expired }
}

describe('Watchdog', () => {
  test('the first event’s time runs out exactly, whatever comes without content', () => {
    const { clock, watchdog, expired } = watch()
    clock.advance(59_999)
    watchdog.onEvent(false)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['first-event-timeout'])
  })

  test('after content only silence counts, and it counts from the last event', () => {
    const { clock, watchdog, expired } = watch()
    clock.advance(50_000)
    watchdog.onEvent(true)
    for (let i = 0; i < 10; i++) {
      clock.advance(29_999)
      watchdog.onEvent(true)
    }
    expect(expired).toEqual([])
    clock.advance(30_000)
    expect(expired).toEqual(['idle-timeout'])
  })

  test('content soon after the start does not stretch the idle time to the first event’s', () => {
    const { clock, watchdog, expired } = watch()
    clock.advance(1_000)
    watchdog.onEvent(true)
    clock.advance(30_000)
    expect(expired).toEqual(['idle-timeout'])
  })

  test('while the client is not ready for more, silence is not the provider’s', () => {
    const { clock, watchdog, expired } = watch()
    watchdog.onEvent(true)
    clock.advance(1_000)
    watchdog.pause()
    clock.advance(300_000)
    expect(expired).toEqual([])
    watchdog.resume()
    clock.advance(28_999)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['idle-timeout'])
  })

  test('the total and the deadline end what goes on for ever; the earlier one gives the name', () => {
    const busy = (options: Partial<WatchdogOptions>): Expiry[] => {
      const { clock, watchdog, expired } = watch(options)
      for (let i = 0; i < 700 && expired.length === 0; i++) {
        clock.advance(1_000)
        watchdog.onEvent(true)
      }
      return expired
    }
    expect(busy({})).toEqual(['total-timeout'])
    expect(busy({ deadlineAtMs: 20_000 })).toEqual(['deadline'])
  })

  test('an answer that is not streamed has a total only', () => {
    const { clock, expired } = watch({ firstEventMs: undefined, idleMs: undefined })
    clock.advance(599_999)
    expect(expired).toEqual([])
    clock.advance(1)
    expect(expired).toEqual(['total-timeout'])
  })

  test('an event costs no timer, nor does waiting for the client', () => {
    const { clock, watchdog, expired } = watch()
    const setTimer = clock.setTimer.bind(clock)
    let set = 0
    clock.setTimer = (...timer) => {
      set += 1
      return setTimer(...timer)
    }
    const flow = (): void => {
      for (let i = 0; i < 1_000; i++) {
        watchdog.resume()
        watchdog.onEvent(true)
        watchdog.pause()
        clock.advance(1)
      }
    }
    flow()
    // The idle time's, at the first content.
    expect(set).toBe(1)
    // That one fires; while nobody reads there is the total's, and then an idle time again.
    clock.advance(60_000)
    expect(set).toBe(2)
    flow()
    expect(set).toBe(3)
    expect(expired).toEqual([])
  })

  test('once stopped it never fires and holds no timer', () => {
    const { clock, watchdog, expired } = watch()
    watchdog.onEvent(true)
    watchdog.stop()
    watchdog.onEvent(true)
    expect(clock.pendingTimers).toBe(0)
    clock.advance(10_000_000)
    expect(expired).toEqual([])
  })
})

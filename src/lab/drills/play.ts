import { createRandom } from '../random.ts'
import { abortable } from '../virtual/abortable.ts'
import { ask } from './ask.ts'
import type { AskInit, Asked } from './ask.ts'
import type { Drill } from './drill.ts'
import type { Client, Habit } from './habits.ts'
import { drillQuestion, toRequest } from './requests.ts'
import type { DrillWorld } from './world.ts'

/** A gateway that a drill may send its clients to. */
export interface DrillGateway {
  /** Serves `/v1/messages` and `/v1/chat/completions` of any host. */
  readonly fetch: (request: Request) => Promise<Response>
}

/** One request of a drill, with whatever its client made of it. */
export interface Played {
  readonly arrivedAtMs: number
  /** In order; at least one. */
  readonly asks: readonly Asked[]
}

export interface PlayOptions {
  readonly drill: Drill
  readonly habit: Habit
  readonly requests: number
  readonly seed: number
  /** Without it clients go straight to the first platform. */
  readonly gateway?: DrillGateway | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly onDone?: ((done: number) => void) | undefined
}

/** Plays all requests of a run in their order of arrival; resolves when the last client has its answer or has given up. */
export async function playRequests(options: PlayOptions, world: DrillWorld): Promise<readonly Played[]> {
  const { drill, habit, requests, seed, gateway, headers = {}, onDone } = options
  const { time } = world
  const askDeps = { nowMs: () => time.nowMs(), sleep: time.sleep }
  const straight = { baseUrl: `${world.url}/${world.platforms[0] ?? ''}`, fetch: world.fetch }
  const entry = gateway === undefined ? straight : { baseUrl: world.url, fetch: toFetch(gateway) }
  let done = 0
  const play = async (index: number): Promise<Played> => {
    const random = createRandom('client', seed, index)
    const arrivedAtMs = random.next() * drill.lastsMs
    await time.sleep(arrivedAtMs, NEVER)
    const client: Client = {
      ask: (question, target) => {
        const at = target === undefined ? entry : { ...straight, baseUrl: `${world.url}/${target.platform}` }
        const { baseUrl, fetch } = at
        const request = toRequest(question, target?.model)
        return ask(request, { baseUrl, headers, timeoutMs: drill.clientTimeoutMs }, { ...askDeps, fetch })
      },
      sleep: (durationMs) => time.sleep(durationMs, NEVER),
      nowMs: () => time.nowMs(),
      random,
    }
    const asks = await habit.play(drillQuestion(seed, index, drill.mix), client)
    done += 1
    onDone?.(done)
    return { arrivedAtMs, asks }
  }
  const played = await time.run(Promise.all(Array.from({ length: requests }, (_, index) => play(index))))
  return played.toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs)
}

function toFetch(gateway: DrillGateway): (url: string, init: AskInit) => Promise<Response> {
  return (url, init) => abortable(gateway.fetch(new Request(url, init)), init.signal)
}

const NEVER = new AbortController().signal

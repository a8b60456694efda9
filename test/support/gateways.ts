import { afterEach } from 'bun:test'
import { type GatewayOptions, startGateway, type TestGateway } from './gateway.ts'
import { startUpstream, type TestUpstream, type UpstreamHandler } from './upstream.ts'

/** Starts upstreams and gateways for one test and stops them behind it. */
export interface Bench {
  readonly upstream: (handler: UpstreamHandler) => Promise<TestUpstream>
  readonly gateway: (yaml: string, options?: GatewayOptions) => TestGateway
}

export function useBench(): Bench {
  const running: { stop: () => Promise<unknown> }[] = []
  afterEach(async () => {
    for (const each of running.splice(0).toReversed()) await each.stop()
  })
  return {
    upstream: async (handler) => {
      const started = await startUpstream(handler)
      running.push(started)
      return started
    },
    gateway: (yaml, options = {}) => {
      const started = startGateway(yaml, options)
      running.push({ stop: () => started.stop(0) })
      return started
    },
  }
}

import { afterEach } from 'bun:test'
import type { Config } from '../../src/config/index.ts'
import { startGateway, startGatewayOf, type TestGateway } from './gateway.ts'
import { startUpstream, type TestUpstream, type UpstreamHandler } from './upstream.ts'

/** Starts upstreams and gateways for one test and stops them behind it. */
export interface Bench {
  readonly upstream: (handler: UpstreamHandler) => Promise<TestUpstream>
  readonly gateway: (yaml: string) => TestGateway
  readonly gatewayOf: (config: Config) => TestGateway
}

export function useBench(): Bench {
  const running: { stop: () => Promise<unknown> }[] = []
  afterEach(async () => {
    for (const each of running.splice(0).toReversed()) await each.stop()
  })
  const kept = (started: TestGateway): TestGateway => {
    running.push({ stop: () => started.stop(0) })
    return started
  }
  return {
    upstream: async (handler) => {
      const started = await startUpstream(handler)
      running.push(started)
      return started
    },
    gateway: (yaml) => kept(startGateway(yaml)),
    gatewayOf: (config) => kept(startGatewayOf(config)),
  }
}

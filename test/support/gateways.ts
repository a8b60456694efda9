import { afterEach } from 'bun:test'
import type { Config } from '../../src/config/index.ts'
import { type GatewayOptions, startGateway, startGatewayOf, type TestGateway } from './gateway.ts'
import { startUpstream, type TestUpstream, type UpstreamHandler } from './upstream.ts'

/** Starts upstreams and gateways for one test and stops them behind it. */
export interface Bench {
  readonly upstream: (handler: UpstreamHandler) => Promise<TestUpstream>
  readonly gateway: (yaml: string, options?: GatewayOptions) => TestGateway
  /** One of the model `m` over platforms a/x, b/x, … that speak OpenAI Chat, in this order; `rest`: more of its configuration. */
  readonly gatewayOver: (upstreams: readonly TestUpstream[], rest?: string, options?: GatewayOptions) => TestGateway
  readonly gatewayOf: (config: Config) => TestGateway
  /** Stops one that was started elsewhere, too. */
  readonly keep: (gateway: TestGateway) => TestGateway
}

export function useBench(): Bench {
  const running: { stop: () => Promise<unknown> }[] = []
  afterEach(async () => {
    for (const each of running.splice(0).toReversed()) await each.stop()
  })
  const keep = (gateway: TestGateway): TestGateway => {
    running.push({ stop: () => gateway.stop(0) })
    return gateway
  }
  return {
    upstream: async (handler) => {
      const started = await startUpstream(handler)
      running.push(started)
      return started
    },
    gateway: (yaml, options = {}) => keep(startGateway(yaml, options)),
    gatewayOver: (upstreams, rest = '', options = {}) => keep(startGateway(chatOver(upstreams, rest), options)),
    gatewayOf: (config) => keep(startGatewayOf(config)),
    keep,
  }
}

function chatOver(upstreams: readonly TestUpstream[], rest: string): string {
  const names = upstreams.map((_, i) => 'abc'.charAt(i))
  const providers = upstreams.map(({ url }, i) => `  ${names[i]}: { protocol: openai-chat, baseUrl: "${url}/v1" }`)
  const platforms = names.map((name) => `${name}/x`).join(', ')
  return `providers:\n${providers.join('\n')}\nmodels:\n  m: { platforms: [${platforms}] }\n${rest}\n`
}

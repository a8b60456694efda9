import { type ProtocolName, SERVED } from '../served.ts'
import { type Process, startGateway, startSimulatedProviders } from '../gateway-process.ts'

/** The model of each protocol's kind that the simulated providers have, and where they serve the protocol. */
const SIMULATED: Readonly<Record<ProtocolName, { readonly model: string; readonly path: string }>> = {
  'openai-chat': { model: 'sim-gpt', path: '/v1' },
  'openai-responses': { model: 'sim-gpt-pro', path: '/v1' },
  anthropic: { model: 'sim-sonnet', path: '' },
  gemini: { model: 'sim-gemini', path: '' },
}

/** Between two events of a slow answer, ms. */
const SLOW_MS = 20

/** The model that the simulated provider of this protocol alone serves; one attempt, so that nothing is made good. */
export function modelAt(provider: ProtocolName): string {
  return `at-${provider}`
}

/** The same, writing slowly. */
export function slowModelAt(provider: ProtocolName): string {
  return `slow-at-${provider}`
}

/** The model whose stream dies at this protocol's provider, and which a second one of the same protocol serves well. */
export function dyingModelAt(provider: ProtocolName): string {
  return `dying-at-${provider}`
}

/** The gateway before simulated providers. */
export async function startSimulated(): Promise<Process> {
  const providers = await startSimulatedProviders()
  const gateway = await startGateway(configFor(providers.url)).catch(async (error: unknown) => {
    await providers.stop()
    throw error
  })
  return {
    url: gateway.url,
    stop: async () => {
      await gateway.stop()
      await providers.stop()
    },
  }
}

function configFor(url: string): object {
  return {
    providers: Object.fromEntries(
      SERVED.flatMap((protocol) =>
        ['trainium', 'gpu'].map((machine) => [
          `${machine}-${protocol}`,
          { protocol, baseUrl: `${url}/${machine}${SIMULATED[protocol].path}`, apiKey: 'k', completion: 'strict' },
        ]),
      ),
    ),
    models: Object.fromEntries(
      SERVED.flatMap((protocol) => {
        const { model } = SIMULATED[protocol]
        const first = `trainium-${protocol}/${model}`
        return [
          [modelAt(protocol), { platforms: [first] }],
          [slowModelAt(protocol), { platforms: [`${first}+slow-drip=${SLOW_MS}`] }],
          [dyingModelAt(protocol), { platforms: [`${first}+cut-eof=0`, `gpu-${protocol}/${model}`] }],
        ]
      }),
    ),
    defaults: { delivery: 'live', attempts: 2 },
  }
}

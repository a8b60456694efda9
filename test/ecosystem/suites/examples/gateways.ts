import { type Process, startGateway } from '../../gateway-process.ts'

/** How the simulated providers behave behind a gateway whose models have the names that the examples ask for. */
export interface Situation {
  readonly title: string
  /** Put behind a platform's model name: the first platform's, and the others'. */
  readonly first: string
  readonly others: string
  readonly delivery: 'live' | 'hold'
}

/** Dies in mid-answer, streamed or not. */
export const DIES = '+cut-eof=2+truncated-json'

const PROTOCOLS = {
  anthropic: { path: '', models: ['sim-sonnet'] },
  'openai-chat': { path: '/v1', models: ['sim-gpt', 'sim-gpt-mini'] },
  'openai-responses': { path: '/v1', models: ['sim-gpt-pro'] },
  gemini: { path: '', models: ['sim-gemini'] },
} as const

/** A gateway over the simulated providers at `providersUrl`: each model on two machines, and no fallback to another model. */
export function startInSituation(providersUrl: string, situation: Situation, broken: string[] = []): Promise<Process> {
  const machines = ['trainium', 'gpu']
  const protocols = Object.entries(PROTOCOLS)
  return startGateway({
    providers: Object.fromEntries(
      protocols.flatMap(([protocol, { path }]) =>
        machines.map((machine) => [
          `${machine}-${protocol}`,
          { protocol, baseUrl: `${providersUrl}/${machine}${path}`, apiKey: 'k', completion: 'strict' },
        ]),
      ),
    ),
    models: Object.fromEntries(
      protocols.flatMap(([protocol, { models }]) =>
        models.map((model) => [
          model,
          { platforms: machines.map((machine, at) => `${machine}-${protocol}/${model}${faultOf(model, at)}`) },
        ]),
      ),
    ),
    defaults: { delivery: situation.delivery, attempts: 2 },
  })

  function faultOf(model: string, at: number): string {
    if (broken.includes(model)) return DIES
    return at === 0 ? situation.first : situation.others
  }
}

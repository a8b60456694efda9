import {
  defaultPlatforms,
  embeddingModels,
  faults,
  findScenario,
  promptHooks,
  scenarios,
  simulatedModels,
  startSimulatedProviders,
} from '../lab/index.ts'
import { cannotListen } from './cannot-listen.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export interface SimOptions {
  readonly port: number
  readonly scenario: string
  readonly seed: number
  readonly tokenDelay: number
}

/** `fullstop sim`: runs until it is stopped. */
export async function sim({ port, scenario, seed, tokenDelay }: SimOptions): Promise<void> {
  const played = known(scenario)
  const providers = await startSimulatedProviders({ port, scenario: played, seed, tokenDelayMs: tokenDelay }).catch(
    (error: unknown) => {
      throw cannotListen('127.0.0.1', port, error)
    },
  )
  console.log(`Simulated providers are serving on ${providers.url} (scenario ${played.name}, seed ${seed})`)
  for (const platform of defaultPlatforms) {
    const base = `${providers.url}/${platform}`
    console.log(
      `  ${platform.padEnd(9)} Anthropic and Gemini ${base}   OpenAI (Chat, Responses, embeddings) ${base}/v1`,
    )
  }
  console.log(
    `Models: ${[...simulatedModels, ...embeddingModels].map(({ id }) => id).join(', ')}. Any API key will do.`,
  )
  console.log(`Faults, as MODEL+FAULT=VALUE@PROBABILITY: ${Object.keys(faults).join(', ')}.`)
  console.log(`Orders in a prompt: ${Object.keys(promptHooks).join(', ')}. GET / explains both.`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await providers.stop()
}

function known(name: string): ReturnType<typeof findScenario> {
  try {
    return findScenario(name)
  } catch {
    throw new CommandFailure(`Unknown scenario "${name}". Known: ${[...scenarios.keys()].join(', ')}.`, EXIT.usage)
  }
}

import { existsSync } from 'node:fs'
import { autoConfig, type Config, formatProblems, loadConfigFile, simulatedConfig } from '../config/index.ts'
import { type SimulatedProviders, startSimulatedProviders } from '../lab/index.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export const DEFAULT_CONFIG_FILE = 'fullstop.yaml'

/** Where a configuration came from, and what runs because of it. */
export type Loaded =
  | { readonly from: 'file'; readonly config: Config; readonly path: string }
  | { readonly from: 'environment'; readonly config: Config; readonly notices: readonly string[] }
  | {
      readonly from: 'simulated'
      readonly config: Config
      readonly notices: readonly string[]
      readonly providers: SimulatedProviders
    }

/** About the pace at which real models write. */
const SIMULATED_TOKEN_DELAY_MS = 15

/**
 * The named file; else `fullstop.yaml` where there is one; else the provider keys of the environment; else simulated
 * providers. Throws a `CommandFailure` with every problem of the file.
 */
export async function loadConfiguration(path: string | undefined, port: number): Promise<Loaded> {
  const file = path ?? (existsSync(DEFAULT_CONFIG_FILE) ? DEFAULT_CONFIG_FILE : undefined)
  if (file !== undefined) return { from: 'file', config: await loadOrFail(file), path: file }
  const { config, notices } = autoConfig(process.env, { ownPort: port })
  if (config !== undefined) return { from: 'environment', config, notices }
  const providers = await startSimulatedProviders({ port: 0, tokenDelayMs: SIMULATED_TOKEN_DELAY_MS })
  return { from: 'simulated', config: simulatedConfig({ baseUrl: providers.url }), notices, providers }
}

/** Throws a `CommandFailure` that lists the problems. */
export async function loadOrFail(path: string): Promise<Config> {
  const result = await loadConfigFile(path, process.env)
  if (result.ok) return result.config
  throw new CommandFailure(formatProblems(result.problems), EXIT.usage)
}

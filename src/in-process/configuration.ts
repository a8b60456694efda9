import {
  autoConfig,
  type Config,
  type ConfigProblem,
  type ConfigResult,
  type Environment,
  formatProblems,
  type FullstopConfig,
  loadConfigFile,
  loadConfigObject,
} from '../config/index.ts'

/** The configuration cannot be used: the message has every problem, one a line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  /** Where each problem is; empty where there was no configuration to look into. */
  readonly problems: readonly ConfigProblem[]

  constructor(message: string, problems: readonly ConfigProblem[]) {
    super(message)
    this.problems = problems
  }
}

export interface LoadedConfiguration {
  readonly config: Config
  readonly notices: readonly string[]
}

/** From the file, the object, or else the provider keys of the environment. Rejects with a `ConfigurationError`. */
export async function loadConfiguration(
  config: string | FullstopConfig | undefined,
  env: Environment,
): Promise<LoadedConfiguration> {
  if (config === undefined) return fromEnvironment(env)
  const read = typeof config === 'string' ? await loadConfigFile(config, env) : await loadConfigObject(config, env)
  return { config: orThrow(read), notices: [] }
}

function fromEnvironment(env: Environment): LoadedConfiguration {
  const { config, notices } = autoConfig(env)
  if (config !== undefined) return { config, notices }
  const message =
    'No configuration and no provider key: pass `config`, or set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY in the environment.'
  throw new ConfigurationError([message, ...notices].join('\n'), [])
}

function orThrow(result: ConfigResult): Config {
  if (result.ok) return withoutClients(result.config)
  throw new ConfigurationError(formatProblems(result.problems), result.problems)
}

/** `clients` says who may call over a network. Whoever calls in the process holds the providers' keys already. */
function withoutClients(config: Config): Config {
  return { ...config, clients: new Map() }
}

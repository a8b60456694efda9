import { type Config, formatProblems, loadConfigFile, type WorkflowConfig } from '../config/index.ts'
import { type Advice, adviceFor, type Consequence, sentenceOf } from './advice.ts'
import { DEFAULT_CONFIG_FILE } from './configuration.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { renderLimited } from './limited-text.ts'
import { inEffect, renderClientLimits, renderEndings, renderPolicies } from './policy-table.ts'

export interface CheckOptions {
  readonly config?: string
  readonly json?: boolean
  /** Also where the configuration alone shows nothing. */
  readonly advise?: boolean
  readonly workflow?: string
  readonly missing?: readonly Consequence[]
}

/** `fullstop check`: exits with 2 where the configuration has problems. Advice changes no exit code. */
export async function check(options: CheckOptions): Promise<void> {
  const { config: path = DEFAULT_CONFIG_FILE, json = false } = options
  if (options.advise !== true && (options.workflow !== undefined || options.missing !== undefined))
    throw new CommandFailure('--workflow and --missing belong to --advise.', EXIT.usage)
  const result = await loadConfigFile(path, process.env)
  if (!result.ok) {
    if (json) console.log(JSON.stringify({ ok: false, file: path, problems: result.problems }))
    throw new CommandFailure(json ? '' : formatProblems(result.problems), EXIT.usage)
  }
  const { config } = result
  const advised = adviceOf(config, options)
  if (json) console.log(JSON.stringify(toJson(config, path, advised)))
  else console.log(toText(config, path, advised, options).join('\n'))
}

type Advised = ReadonlyMap<WorkflowConfig, Advice | undefined>

function adviceOf(config: Config, { workflow: name, missing = [] }: CheckOptions): Advised {
  const { workflows } = config
  if (name !== undefined && !workflows.has(name))
    throw new CommandFailure(
      `--workflow: expected one of ${names(workflows)}; ${JSON.stringify(name)} came.`,
      EXIT.usage,
    )
  const chosen = [...workflows.values()].filter((workflow) => name === undefined || workflow.name === name)
  return new Map(chosen.map((workflow) => [workflow, adviceFor(workflow, missing, config)]))
}

function toText(config: Config, path: string, advised: Advised, { advise = false }: CheckOptions): readonly string[] {
  const { providers, models, workflows, clients } = config
  // Unasked only what the configuration itself gives a reason for.
  const endings = renderEndings(config)
  const limits = renderClientLimits(config)
  const limited = renderLimited(config)
  const told = [...advised].filter(([, advice]) => advise || (advice !== undefined && tells(advice)))
  return [
    `${path} is good.`,
    `  providers  ${names(providers)}`,
    `  models     ${names(models)}`,
    `  workflows  ${names(workflows)}`,
    `  clients    ${clients.size === 0 ? 'none: only loopback can be served' : names(clients)}`,
    '',
    ...renderPolicies(config).map((line) => (line === '' ? '' : `  ${line}`)),
    ...(endings.length === 0 ? [] : ['', ...endings.map((line) => `  ${line}`)]),
    ...(limited.length === 0 ? [] : ['', ...limited.map((line) => `  ${line}`)]),
    ...(limits.length === 0 ? [] : ['', ...limits.map((line) => `  ${line}`)]),
    ...(told.length === 0 ? [] : ['', 'advice']),
    ...told.map(([workflow, advice]) => `  ${sentenceOf(workflow, advice)}`),
    ...(advise || workflows.size === 0
      ? []
      : ['', 'fullstop check --advise says which profile suits each workflow, and why.']),
    ...(advise && workflows.size === 0
      ? ['', 'advice', '  No workflow is configured: advice is for one at a time.']
      : []),
  ]
}

const tells = ({ than, lacks }: Advice): boolean => than === 'more' || lacks.length > 0

function toJson({ defaults, workflows, clients }: Config, file: string, advised: Advised): object {
  return {
    ok: true,
    file,
    defaults: inEffect(defaults),
    workflows: Object.fromEntries(
      [...workflows.values()].map((workflow) => {
        const advice = advised.get(workflow)
        return [workflow.name, { ...inEffect(workflow), ...(advice !== undefined && { advice }) }]
      }),
    ),
    clients: Object.fromEntries(
      [...clients.values()].map(({ name, tenant, workflows: used, limits }) => [
        name,
        { tenant, workflows: used, limits },
      ]),
    ),
  }
}

function names(map: ReadonlyMap<string, unknown>): string {
  return map.size === 0 ? 'none' : [...map.keys()].join(', ')
}

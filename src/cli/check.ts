import { formatProblems, loadConfigFile } from '../config/index.ts'
import { DEFAULT_CONFIG_FILE } from './configuration.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

/** `fullstop check`: exits with 2 where the configuration has problems. */
export async function check({
  config: path = DEFAULT_CONFIG_FILE,
  json = false,
}: {
  config?: string
  json?: boolean
}): Promise<void> {
  const result = await loadConfigFile(path, process.env)
  if (json)
    console.log(
      JSON.stringify(result.ok ? { ok: true, file: path } : { ok: false, file: path, problems: result.problems }),
    )
  if (!result.ok) throw new CommandFailure(json ? '' : formatProblems(result.problems), EXIT.usage)
  if (json) return
  const { providers, models, workflows, clients, defaults } = result.config
  console.log(`${path} is good.`)
  console.log(`  providers  ${names(providers)}`)
  console.log(`  models     ${names(models)}`)
  console.log(`  workflows  ${names(workflows)}`)
  console.log(`  clients    ${clients.size === 0 ? 'none: only loopback can be served' : names(clients)}`)
  console.log(
    `  defaults   profile ${defaults.profile}, delivery ${defaults.delivery}, ${defaults.attempts} attempts within ${defaults.deadlineMs / 1_000} s`,
  )
}

function names(map: ReadonlyMap<string, unknown>): string {
  return map.size === 0 ? 'none' : [...map.keys()].join(', ')
}

import { Command, CommanderError, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { CONSEQUENCES } from './advice.ts'
import { approve, edit, listApprovals, reject, showApproval } from './approvals.ts'
import { DEFAULT_CONTROL_URL } from './ask-control-plane.ts'
import { check } from './check.ts'
import type { DiagnoseOptions } from './diagnose.ts'
import type { DrillCommandOptions } from './drill.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { parsePort, parseWholeNumber } from './numbers.ts'
import { sim } from './sim.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { trace } from './trace.ts'

/** Commands that later versions will have. */
const COMING = ['map', 'rehearse', 'audit', 'detectability', 'release', 'remediation', 'forecast', 'ledger']

/** How a command takes a file; as a bare argument it is a usual slip. */
const FILE_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['start', '--config'],
  ['check', '--config'],
  ['diagnose', '--incidents'],
])

const program = new Command('fullstop')
  .description(packageJson.description)
  .version(packageJson.version)
  .exitOverride()
  .showHelpAfterError('(fullstop --help lists the commands)')
  .configureHelp({ showGlobalOptions: false })

program
  .command('start')
  .description('Serve the gateway; without configuration and keys, over simulated providers.')
  .option('-c, --config <file>', 'configuration file (default: fullstop.yaml, if there is one)')
  .option('-p, --port <port>', 'port to listen on', parsePort, 8787)
  .option('--host <address>', 'address to listen on; anything but loopback needs client keys', '127.0.0.1')
  .addOption(coming('--data <dir>'))
  .addOption(coming('--workers <n>'))
  .action(start)

program
  .command('check')
  .description('Validate the configuration, each problem with file:line:column; print what its profiles come to.')
  .option('-c, --config <file>', 'configuration file (default: fullstop.yaml)')
  .option('--advise', 'say which profile suits each workflow, and why')
  .option('--workflow <name>', 'with --advise: this one alone')
  .addOption(
    new Option('--missing <what...>', 'with --advise: what a missing or half answer does').choices(CONSEQUENCES),
  )
  .option('--json', 'print one JSON document')
  .action(check)

program
  .command('sim')
  .description('Run the simulated providers alone.')
  .option('-p, --port <port>', 'port to listen on', parsePort, 9100)
  .option('--scenario <name>', 'what goes wrong, and how often: the name of a drill (`fullstop drill list`)', 'calm')
  .option('--seed <n>', 'seed of answers and faults', parseWholeNumber, 1)
  .option('--token-delay <ms>', 'pause before each token', parseWholeNumber, 15)
  .action(sim)

program
  .command('drill <name>')
  .description(
    'Play an incident against simulated providers, once without and once with Fullstop; `list` lists them, `compare` plays five approaches.',
  )
  .option('-n, --requests <n>', 'requests in each run (default: the drill’s own, mostly 2000)', parseWholeNumber)
  .option('--seed <n>', 'seed of answers, faults and clients', parseWholeNumber, 1)
  .addOption(
    new Option(
      '--delivery <mode>',
      'how Fullstop delivers streams (default: the drill’s own, mostly hold; `compare` plays both hold and guarded)',
    ).choices(['hold', 'guarded', 'live']),
  )
  .option('--json', 'print one JSON document')
  .option('--report <file>', 'write the result as one HTML page with plots')
  .action(drill)

program
  .command('trace [id]')
  .description(
    'Show an exchange: its attempts, verdicts, timings and the cause of a failure. Without an id: the latest ones.',
  )
  .option('--url <url>', 'where the control plane listens', DEFAULT_CONTROL_URL)
  .option('--key <key>', 'control key (default: $FULLSTOP_CONTROL_KEY)')
  .option('--json', 'print one JSON document')
  .action(trace)

program
  .command('status')
  .description('Show how the platforms fare: breakers, success rates, load, retries, and the last breaker changes.')
  .option('--url <url>', 'where the control plane listens', DEFAULT_CONTROL_URL)
  .option('--key <key>', 'control key (default: $FULLSTOP_CONTROL_KEY)')
  .option('--json', 'print one JSON document')
  .action(status)

const approvals = program
  .command('approvals')
  .description('The answers of the profile critical, which wait for a person: see them, and decide about them.')

approvalsCommand('list', 'List what waits and what was decided lately, without content.').action(listApprovals)
approvalsCommand('show <id>', 'Show request and answer, and the digest that a decision names.').action(showApproval)
decisionCommand('approve <id>', 'Deliver the answer as it is.').action(approve)
decisionCommand('edit <id>', 'Deliver other words in its place.')
  .option('--text <text>', 'the words')
  .option('--file <file>', 'a file with the words; - is standard input')
  .action(edit)
decisionCommand('reject <id>', 'Deliver nothing; the caller gets an error.')
  .option('--reason <text>', 'why, for the caller')
  .action(reject)

function approvalsCommand(name: string, description: string): Command {
  return approvals
    .command(name)
    .description(description)
    .option('--url <url>', 'where the control plane listens', DEFAULT_CONTROL_URL)
    .option('--key <key>', 'key of an approver (default: $FULLSTOP_APPROVER_KEY)')
    .option('--json', 'print one JSON document')
}

function decisionCommand(name: string, description: string): Command {
  return approvalsCommand(name, description).requiredOption(
    '--digest <sha256>',
    'of the answer that is decided about, as show prints it',
  )
}

program
  .command('diagnose')
  .description('Diagnose an incident history: levels, binding constraint, guidance debt, steps, claims.')
  .option('-i, --incidents <file>', 'incident history in YAML or JSON (default: incidents.yaml)')
  .option('--report <file>', 'write the report as one HTML page')
  .option('--markdown <file>', 'write the report in Markdown')
  .option('--json', 'print one JSON document')
  .option('--init [file]', 'write a commented history to begin with (default: incidents.yaml)')
  .action(diagnose)

// Loaded only when it is asked for: serving needs none of its rules and schemas.
async function diagnose(options: DiagnoseOptions): Promise<void> {
  const command = await import('./diagnose.ts')
  await command.diagnose(options)
}

async function drill(name: string, options: DrillCommandOptions): Promise<void> {
  const command = await import('./drill.ts')
  await command.drill(name, options)
}

/** An option that a later version will have. */
function coming(flags: string): Option {
  const option = new Option(flags).hideHelp()
  return option.argParser(() => {
    throw new CommandFailure(`${option.long} is not in this version yet; leave it out.`, EXIT.usage)
  })
}

for (const name of COMING) {
  program
    .command(name, { hidden: true })
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new CommandFailure(`fullstop ${name} is not in this version yet.`, EXIT.usage)
    })
}

nameHelp(program.commands)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

/** Behind a usage error stands the help of the very command. */
function nameHelp(commands: readonly Command[], parent = 'fullstop'): void {
  for (const command of commands) {
    const name = `${parent} ${command.name()}`
    command.showHelpAfterError(`(${name} --help says more)`)
    nameHelp(command.commands, name)
  }
}

function report(error: unknown): number {
  // Commander has printed its own message; help and version are not errors.
  if (error instanceof CommanderError) {
    const option = FILE_OPTIONS.get(process.argv[2] ?? '')
    if (error.code === 'commander.excessArguments' && option !== undefined)
      console.error(`(a file is named with ${option} FILE)`)
    return error.exitCode === 0 ? EXIT.done : EXIT.usage
  }
  if (error instanceof CommandFailure) {
    if (error.message !== '') console.error(error.message)
    return error.exitCode
  }
  console.error(`fullstop: ${error instanceof Error ? error.message : String(error)}`)
  return EXIT.failed
}

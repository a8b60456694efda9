import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findNode, installClients } from './install.ts'

// `npm run test:ecosystem`: real clients against a running gateway. Words that follow name suites (`agents`); with
// --table it prints docs/clients.md instead, with --write it writes it. Without a network to install from it says so
// and passes; with --required that is a failure.

const SUITES = ['faults', 'conversations', 'agents', 'examples', 'examples-settings', 'deno']

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const asked = process.argv.slice(2)
const options = asked.filter((word) => word.startsWith('--'))
const suites = asked.filter((word) => !word.startsWith('--'))
const unknown = [
  ...options.filter((option) => !['--table', '--write', '--required'].includes(option)),
  ...suites.filter((suite) => !SUITES.includes(suite)),
]

process.exitCode = unknown.length > 0 ? misused(unknown) : run()

function run(): number {
  const problem = installClients()
  const node = findNode()
  if (problem !== undefined || node === undefined) {
    console.log(
      `SKIPPED: the clients are not installed, so nothing was tested. ${problem ?? 'No Node 22 for this system.'}`,
    )
    return options.includes('--required') ? 1 : 0
  }
  const isTable = options.includes('--table') || options.includes('--write')
  const program = isTable
    ? [`${FOLDER}faults/document.ts`, ...options.filter((option) => option === '--write')]
    : [
        '--test',
        '--test-reporter=spec',
        ...(suites.length > 0 ? suites : SUITES).map((name) => `${FOLDER}suites/${name}.ts`),
      ]
  const { status } = spawnSync(node, ['--no-warnings', '--test-concurrency=1', ...program], { stdio: 'inherit' })
  return status ?? 1
}

function misused(words: readonly string[]): number {
  console.error(`Expected suites (${SUITES.join(', ')}), --table, --write or --required; ${words.join(' ')} came.`)
  return 2
}

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isJsonObject, parseJson } from '../src/protocols/core/index.ts'
import { type Fault } from '../test/clients/script.ts'
import { type Cell, type ClientTable, clientTable, COLUMNS, type Row } from '../test/clients/table.ts'

// Asks the official SDKs about every fault, straight and through Fullstop, and prints the document. With --write it
// writes docs/clients.md; with --check it says whether that is needed, with exit code 1 when it is. Exit code 1 as
// well when a client took an incomplete answer through Fullstop for a success.

export const clientDocument: URL = new URL('../docs/clients.md', import.meta.url)

const TITLES: Readonly<Record<Fault, string>> = {
  none: 'whole',
  eof: 'EOF',
  noterm: 'NOTERM',
  nostop: 'NOSTOP',
  midjson: 'MIDJSON',
  fin: 'FIN',
  rst: 'RST',
  err: 'ERR',
  stall: 'STALL',
  malformed: 'BADEVENT',
  'bad-arguments': 'BADARGS',
  'wrong-type': 'HTML',
  silent: 'SILENT',
}

const WORDS: Readonly<Record<Cell, string>> = {
  ok: 'ok',
  error: 'error',
  hangs: 'hangs',
  'false success': '**false success**',
  'unproven success': 'ok †',
  'not asked': '–',
}

/** The document as these measurements make it. */
export function renderClientDocument({ direct, throughFullstop }: ClientTable): string {
  return `# What the official SDKs take for success

<!-- Made by \`bun scripts/client-table.ts --write\`; measured, not typed. -->

An upstream sends an answer and fails on the way. What does an application conclude that uses an official SDK as its
README shows it, catches exceptions, and checks nothing else? Measured with \`openai\` ${versionOf('openai')} and
\`@anthropic-ai/sdk\` ${versionOf('@anthropic-ai/sdk')} on Bun, over real sockets, with the SDKs' own retries off.

| ending | the upstream |
|---|---|
| whole | sends all of its answer and ends as its protocol has it |
| EOF | ends the body cleanly in the middle |
| NOTERM | sends everything but the terminal marker (\`[DONE]\`, \`message_stop\`); a body without a stop reason |
| NOSTOP | sends the terminal marker, but no stop reason before it |
| MIDJSON | ends the body cleanly inside an event |
| FIN, RST | closes the TCP connection without the last chunk, in order or by reset |
| ERR | sends its protocol's own error event (or body, with status 200), then ends cleanly |
| STALL | goes silent and keeps the connection open |
| BADEVENT | sends one event that is not JSON, and the rest as it should be |
| BADARGS | ends a tool call whose arguments are not JSON as if they were |
| HTML | answers 200 with a web page |

A cell shows the worst of all cases: streams are cut before the first content, in the midst of it (inside the arguments,
where there is a tool call) and after all of it; \`tools\` are one call after some text, two parallel calls, and for
OpenAI a custom tool.

- \`ok\`: the whole answer, reported as a success.
- \`error\`: an exception.
- \`**false success**\`: no exception, and part of the answer is missing.
- \`ok †\`: no exception, and the answer happens to be whole. Nothing the client saw proves that.
- \`hangs\`: neither an answer nor an exception within the 3 s of the measurement; the SDKs' own time-outs end with the headers.
- \`–\`: does not occur.

## Straight to the provider

${renderRows(direct)}
## Through Fullstop

One platform, which always fails, so that nothing can be made good; each case with a provider of the client's own
protocol and translated from the other one, delivered \`live\` and \`hold\`. Proofs are \`strict\` here; an OpenAI-compatible
provider declared \`finish-only\` (their default, as many never send \`[DONE]\`) makes NOTERM a success. With a healthy
platform behind the faulty one, every fault before the first delivered content gives the whole answer instead of the
error, and in \`hold\` every fault does.

${renderRows(throughFullstop)}
## To repeat it

\`\`\`sh
npm ci && node_modules/.bin/bun scripts/client-table.ts          # prints this document
node_modules/.bin/bun scripts/client-table.ts --check            # fails where it differs from what is measured
npm test -- test/clients                                         # the same cases and many more, as tests
\`\`\`
`
}

function renderRows(rows: readonly Row[]): string {
  const columns = COLUMNS.map((fault) => TITLES[fault])
  const lines = rows.map(({ client, asked, cells }) => [
    client,
    asked,
    ...COLUMNS.map((fault) => WORDS[cells.get(fault) ?? 'not asked']),
  ])
  const head = [['client', 'asked for', ...columns], ['', '', ...columns].map(() => '---')]
  return [...head, ...lines].map((line) => `| ${line.join(' | ')} |\n`).join('')
}

function versionOf(name: string): string {
  const path = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  const manifest = parseJson(readFileSync(path, 'utf8'))
  if (!isJsonObject(manifest) || typeof manifest.version !== 'string') throw new Error(`${name} has no version`)
  return manifest.version
}

function isCurrent(document: string): boolean {
  try {
    return readFileSync(clientDocument, 'utf8') === document
  } catch {
    // Missing: written anew.
    return false
  }
}

function hasFalseSuccess({ throughFullstop }: ClientTable): boolean {
  return throughFullstop.some(({ cells }) => [...cells.values()].some((cell) => cell === 'false success'))
}

if (import.meta.main) {
  const table = await clientTable()
  const document = renderClientDocument(table)
  if (process.argv.includes('--write')) {
    writeFileSync(fileURLToPath(clientDocument), document)
    console.log('docs/clients.md written')
  } else if (!process.argv.includes('--check')) {
    console.log(document)
  } else if (isCurrent(document)) {
    console.log('docs/clients.md is current')
  } else {
    console.error('docs/clients.md is not what was measured; run: bun scripts/client-table.ts --write')
    process.exitCode = 1
  }
  if (hasFalseSuccess(table)) {
    console.error('a client took an incomplete answer through Fullstop for a success')
    process.exitCode = 1
  }
}

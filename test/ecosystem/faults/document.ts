import { writeFileSync } from 'node:fs'
import type { Fault } from '../../clients/script.ts'
import type { Cell, Measured } from './measure.ts'
import { allMeasured } from './measured.ts'
import { COLUMNS, type Row, toRows } from './table.ts'
import { measuredVersions, otherVersions } from './versions.ts'

// Prints docs/clients.md as it is measured now; with --write it writes it. Exit code 1 when a client took an incomplete
// answer through Fullstop for a success.

const DOCUMENT = new URL('../../../docs/clients.md', import.meta.url)

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

const WORDS: Readonly<Record<Cell | 'not asked', string>> = {
  ok: 'ok',
  error: 'error',
  flagged: 'flagged',
  hangs: 'hangs',
  'false success': '**false success**',
  'wrong content': '**wrong content**',
  'unproven success': 'ok †',
  'not asked': '–',
}

function render(measured: readonly Measured[]): string {
  const direct = toRows(measured.filter(({ way }) => way === 'direct'))
  const alone = toRows(measured.filter(({ way }) => way === 'alone'))
  return `# What client libraries take for success

<!-- Made by \`npm run test:ecosystem -- --write\`; measured, not typed. -->

An upstream sends an answer and fails on the way. What does an application conclude that uses a library as its README
shows it, catches exceptions, and checks nothing else? Measured over real sockets on Node ${process.versions.node}, with the
libraries' own retries off:
${measuredVersions().join(',\n')}.

| ending | the upstream |
|---|---|
| whole | sends all of its answer and ends as its protocol has it |
| EOF | ends the body cleanly in the middle |
| NOTERM | sends everything but the terminal marker (\`[DONE]\`, \`message_stop\`, \`response.completed\`, Gemini's \`finishReason\`); a body without a stop reason |
| NOSTOP | sends the terminal marker, but no stop reason before it |
| MIDJSON | ends the body cleanly inside an event |
| FIN, RST | closes the TCP connection without the last chunk, in order or by reset |
| ERR | sends its protocol's own error event (or body, with status 200), then ends cleanly |
| STALL | goes silent and keeps the connection open |
| BADEVENT | sends one event that is not JSON, and the rest as it should be |
| BADARGS | ends a tool call whose arguments are not JSON as if they were |
| HTML | answers 200 with a web page |

A cell shows the worst of all cases: a text, and a text with a tool call; streams are cut before the first content, in the
midst of it (inside the arguments, where there is a tool call that streams them) and after all of it.

- \`ok\`: the whole answer, reported as a success.
- \`error\`: an exception.
- \`flagged\`: no exception, but the library says it elsewhere: the AI SDK calls \`onError\` or ends with \`finishReason\`
  \`error\`, \`interrupted\` or \`other\`; LangChain fills \`invalid_tool_calls\`. An application has to look.
- \`**false success**\`: no exception, and part of the answer is missing.
- \`ok †\`: no exception, and the answer happens to be whole. Nothing the client saw proves that.
- \`hangs\`: neither an answer nor an exception as long as was waited, which straight to the provider was 1 s of silence.
- \`–\`: does not occur.

## Straight to the provider

${renderRows(direct)}
## Through Fullstop

One platform, which always fails, so that nothing can be made good; each case with a provider of the client's own
protocol and of each other one, delivered \`live\` and \`hold\`. Proofs are \`strict\` here; an OpenAI-compatible provider
declared \`finish-only\` (their default, as many never send \`[DONE]\`) makes NOTERM a success. With a healthy platform behind
the faulty one, in \`hold\` every fault gives the whole answer of the second platform instead.

${renderRows(alone)}
## What else is tried

\`npm run test:ecosystem\` also lets these libraries and
${otherVersions().join(',\n')}
work through the gateway over simulated providers of all four protocols: texts, tools over several turns with and without reasoning, checked objects and aborts; the
agents do a task with their shell while the first stream of each answer dies.

- \`@google/genai\` asks under \`/v1/models/…\` unless it is told \`v1beta\`; both are served.
- The AI SDK's \`openai\` package refers to items that OpenAI stores. A model that is not served by an OpenAI Responses
  provider needs \`providerOptions: { openai: { store: false } }\`; so does one that may fall back to another protocol.
- Codex offers a web search that OpenAI runs and a namespace of tools, which exist in OpenAI's protocol alone. Over a provider of
  another protocol it needs \`web_search = "disabled"\` and \`features.multi_agent = false\`.
- LangChain's \`ChatGoogleGenerativeAI\` leaves a rejected promise behind when a stream breaks, with or without Fullstop: a Node
  process that does not listen for \`unhandledRejection\` ends.

## To repeat it

\`\`\`sh
npm run test:ecosystem               # installs the clients (about a gigabyte) and runs all of it
npm run test:ecosystem -- --table    # prints this document
npm run test:ecosystem -- --write    # writes it
npm test -- test/clients             # the official SDKs in many more cases, on Bun
\`\`\`
`
}

function renderRows(rows: readonly Row[]): string {
  const columns = COLUMNS.map((fault) => TITLES[fault])
  const lines = rows.map(({ client, cells }) => [
    client,
    ...COLUMNS.map((fault) => WORDS[cells.get(fault) ?? 'not asked']),
  ])
  const head = [['client', ...columns], ['', ...columns].map(() => '---')]
  return [...head, ...lines].map((line) => `| ${line.join(' | ')} |\n`).join('')
}

const measured = await allMeasured()
const text = render(measured)
if (process.argv.includes('--write')) {
  writeFileSync(DOCUMENT, text)
  console.log('docs/clients.md written')
} else console.log(text)
const fooled = measured.filter(
  ({ way, cell }) => way === 'alone' && (cell === 'false success' || cell === 'unproven success'),
)
if (fooled.length > 0) {
  console.error(`${fooled.length} incomplete answers through Fullstop were taken for successes`)
  process.exitCode = 1
}

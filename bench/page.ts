import { availableParallelism } from 'node:os'
import { CONCURRENCY } from './load.ts'
import type { Options } from './options.ts'
import { type Row, toMarkdown } from './report.ts'
import { PACED_AT_A_TIME } from './traffic.ts'

const PAGE = `${import.meta.dir}/../docs/benchmarks.md`

/** Writes the table to docs/benchmarks.md with what one must know to read and repeat it. */
export async function writePage(rows: readonly Row[], options: Options): Promise<void> {
  await Bun.write(PAGE, pageOf(rows, options))
}

function pageOf(rows: readonly Row[], { rounds, soakRequests, streams, pin }: Options): string {
  return `# Benchmarks

What Fullstop costs beside two others, measured in one run and so on one machine in one state:

- **relay**: the shortest relay on the same runtime (\`bench/relay.ts\`). It looks at nothing, so it can prove nothing;
  it is the floor.
- **Portkey**: the gateway \`@portkey-ai/gateway\` in the version of \`bench/portkey/package.json\`, on Node.

${toMarkdown(rows)}

Only ratios are budgets; the absolute figures are this machine's: ${availableParallelism()} cores shared by gateway, upstream and
load generator, Bun ${Bun.version}, Node ${nodeVersion()} for Portkey. Where a budget is missed, this is
[why](decisions/2026-11-22-where-budgets-are-missed.md).

## How to repeat it

\`\`\`sh
npm ci && npm run bench              # eight to ten minutes; ends with 1 where a budget is missed
npm run bench -- --full --write      # soak with 300,000 requests; writes this page
npm run bench -- --only json         # one measure; --rounds, --soak and --no-portkey narrow it further
\`\`\`

Portkey's gateway is installed by the first run into a folder that git ignores; where that fails, the run says so and
goes on without it. The accounting needs Linux.

## How it is measured

- **Three processes**: the gateway, an upstream (\`bench/upstream.ts\`) and the load generator, over loopback with kept
  connections, ${CONCURRENCY} requests at a time.
- **Cores**: ${pin ? 'the gateway has one to itself, upstream and load generator share another' : 'the kernel decides; `--pin` gives the gateway one to itself'}. Where the kernel puts the threads decides how
  many events a gateway finds at each reading, and the relay's cost follows that most, up to twofold.
- **CPU time** is the gateway process's own, user and system, over all its threads, from the kernel's scheduler account,
  divided by the requests of the round. Waiting costs nothing in it, and the other two processes are not in it.
- **Rounds**: after a warm-up that lets the compilers come to rest, the gateways take turns, ${rounds} rounds, each round
  beginning with another one. A figure is the median over rounds, a ratio the median of each round's own ratio; the quotient
  of two medians may differ from it.
- **Every answer is compared** with what the upstream sent: byte for byte for the relay and Fullstop, by its texts, events and
  end for Portkey, which writes them anew. A single wrong one ends the run.
- **JSON answer**: 0.7 kB in, 1.5 kB out. Clients of Fullstop ask for a logical model, so that it rewrites the request; the second
  line shows it without rewriting.
- **Streams**: 204 events of some 300 bytes (chat) with all the fields of the providers' recordings, a few with escapes or non-ASCII text, each one write of its
  own to the socket: *in a burst*, as fast as the socket takes them, *one a turn* of the upstream's event loop, or *at a
  model's pace*, 5 to 15 ms after the one before, with ${PACED_AT_A_TIME} streams at a time: there nearly every event wakes the gateway, and costs
  several times what it does in a flood. Fullstop verifies every event and the terminal proof (\`completion: strict\`).
- **Open streams**: ${streams.toLocaleString('en')} streams that have had their first content and then nothing; growth of the
  process's resident memory, as it is and after a forced collection.
- **Soak**: ${soakRequests.toLocaleString('en')} requests, half of them streams; of every ten that reach the upstream one fails (error status, reset
  before or during the answer, early end of the connection, garbled event, missing terminal event). After the first quarter, 25 samples of the memory, each after
  forced collections, and a straight line through them with the 95 % interval of its slope. *Flat*: the interval reaches 4 kB per
  1,000 requests or less, a quarter of what the leak of the smallest object for each request would be. The heap's figure is the
  sharp one; resident memory moves by whole pages of the allocator.
`
}

function nodeVersion(): string {
  return Bun.spawnSync(['node', '--version']).stdout.toString().trim().replace(/^v/, '')
}

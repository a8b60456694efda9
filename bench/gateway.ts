// Fullstop as it is served, in a process of its own that also tells how much memory it has left after a collection.
import { heapStats } from 'bun:jsc'
import { parseConfig } from '../src/config/index.ts'
import { startServer } from '../src/server/index.ts'
import { CHAT_MODEL, CLAUDE_MODEL } from './answers.ts'
import { LOGICAL_CHAT, LOGICAL_CLAUDE, TRANSLATED_CHAT, TRANSLATED_CLAUDE } from './traffic.ts'

const upstream = process.env['BENCH_UPSTREAM'] ?? ''

// Four platforms, so that a fault costs no wait: going back to the same one would.
const chatProviders = ['one', 'two', 'three', 'four']
const yaml = `
providers:
${chatProviders.map((name) => `  ${name}: { protocol: openai-chat, baseUrl: ${upstream}/v1, apiKey: key-of-${name}, completion: strict, timeouts: { idle: 5m } }`).join('\n')}
  claude: { protocol: anthropic, baseUrl: ${upstream}, apiKey: key-of-claude, completion: strict }
models:
  ${LOGICAL_CHAT}: { platforms: [${chatProviders.map((name) => `${name}/${CHAT_MODEL}`).join(', ')}] }
  ${CHAT_MODEL}: { platforms: [one/${CHAT_MODEL}] }
  ${LOGICAL_CLAUDE}: { platforms: [claude/${CLAUDE_MODEL}] }
  ${TRANSLATED_CHAT}: { platforms: [claude/${CLAUDE_MODEL}] }
  ${TRANSLATED_CLAUDE}: { platforms: [one/${CHAT_MODEL}] }
`

const parsed = parseConfig(yaml, { source: 'bench', env: {} })
if (!parsed.ok) throw new Error(`the benchmark's configuration is refused: ${JSON.stringify(parsed.problems)}`)
const server = startServer({ config: parsed.config, hostname: '127.0.0.1', port: 0 })

process.on('message', () => void reportMemory())
// However the benchmark ends, nothing of it stays.
process.on('disconnect', () => process.exit())
process.send?.({ port: Number(new URL(server.url).port) })

/** After collections until nothing more is found: finalizers run between them. */
async function reportMemory(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    Bun.gc(true)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapSize, objectCount } = heapStats()
  process.send?.({ heapBytes: heapSize, objectCount, rssBytes: process.memoryUsage.rss() })
}

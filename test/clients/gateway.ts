import { parseConfigObject } from '../../src/config/index.ts'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { FAULTS, type Script, scriptsFor, toModel, whole } from './script.ts'
import type { Scenario } from './answers.ts'
import { baseUrlOf } from './wires.ts'

/** Free-form tools are OpenAI's alone. */
export const hasCustomTools = (protocol: ProtocolName): boolean => protocol.startsWith('openai-')

/** Provider names are the protocols'; all are the one scripted upstream. */
export interface GatewayOptions {
  readonly upstreamUrl: string
  /** For first event and idle. Default 400 ms. */
  readonly patienceMs?: number
  /** For the whole attempt. Default three times `patienceMs`. */
  readonly totalMs?: number
  /** For one exchange. Default 2. */
  readonly attempts?: number
  readonly keepAliveMs?: number
}

/** Streams from OpenAI's protocol have every fault there is. */
const EVERY = { provider: 'openai-chat', streamed: true } as const

const SCENARIOS: readonly Scenario[] = ['text', 'tool', 'parallel', 'custom']

/** Fullstop before the scripted upstream, with strict proofs and short patience. */
export function startGateway({
  upstreamUrl,
  patienceMs = 400,
  totalMs = 3 * patienceMs,
  attempts = 2,
  keepAliveMs,
}: GatewayOptions): RunningServer {
  const timeouts = { firstEvent: `${patienceMs}ms`, idle: `${patienceMs}ms`, total: `${totalMs}ms` }
  const provider = (protocol: ProtocolName): object => {
    return { protocol, baseUrl: baseUrlOf(upstreamUrl, protocol), apiKey: 'k', completion: 'strict', timeouts }
  }
  const parsed = parseConfigObject(
    {
      providers: Object.fromEntries(PROTOCOLS.map((protocol) => [protocol, provider(protocol)])),
      models: Object.fromEntries(backedModels()),
      // The same requests are made again and again, and each is to meet its own fault.
      defaults: { delivery: 'live', attempts, replay: 'off' },
    },
    { env: {} },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems.slice(0, 3)))
  const options = { config: parsed.config, hostname: '127.0.0.1', port: 0 }
  return startServer(keepAliveMs === undefined ? options : { ...options, keepAliveMs })
}

/** A model with this script on the one platform that it has. */
export function alone(script: Script, protocol: ProtocolName): string {
  return `${protocol}/${toModel(script)}`
}

/** A model with this script on its first platform, and a healthy second one that says something else. */
export function backed(script: Script, first: ProtocolName, second: ProtocolName): string {
  return `${first}+${second}:${toModel(script)}`
}

function backedModels(): readonly (readonly [string, object])[] {
  const scripts = SCENARIOS.flatMap((scenario) => FAULTS.flatMap((fault) => scriptsFor(scenario, fault, EVERY)))
  const slow = scripts
    .filter(({ scenario }) => scenario === 'text')
    .map((script): Script => ({ ...script, pace: 'slow' }))
  return [...scripts, ...slow].flatMap((script) =>
    PROTOCOLS.flatMap((first) =>
      PROTOCOLS.map(
        (second) =>
          [
            backed(script, first, second),
            { platforms: [alone(script, first), alone(whole(script.scenario, 'second'), second)] },
          ] as const,
      ),
    ),
  )
}

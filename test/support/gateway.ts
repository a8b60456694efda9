import { type Config, parseConfig } from '../../src/config/index.ts'
import type { ExchangeEvidence } from '../../src/evidence/index.ts'
import type { Clock } from '../../src/resilience/index.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'

export interface TestGateway extends RunningServer {
  readonly evidence: readonly ExchangeEvidence[]
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>
}

export interface GatewayOptions {
  readonly keepAliveMs?: number
  readonly env?: Record<string, string>
  readonly clock?: Clock
  readonly random?: () => number
}

/** A running gateway over a configuration's text. */
export function startGateway(yaml: string, options: GatewayOptions = {}): TestGateway {
  const result = parseConfig(yaml, { source: 'test.yaml', env: options.env ?? {} })
  if (!result.ok)
    throw new Error(result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n'))
  return startGatewayOf(result.config, options)
}

/** The same over a configuration that was read already. */
export function startGatewayOf(config: Config, options: GatewayOptions = {}): TestGateway {
  const evidence: ExchangeEvidence[] = []
  const { keepAliveMs, clock, random } = options
  const server = startServer(
    { config, hostname: '127.0.0.1', port: 0, ...(keepAliveMs !== undefined && { keepAliveMs }) },
    {
      sink: (each) => evidence.push(each),
      ...(clock !== undefined && { clock }),
      ...(random !== undefined && { random }),
    },
  )
  return {
    ...server,
    evidence,
    post: (path, body, headers = {}) =>
      fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

export const CHAT_REQUEST: Readonly<Record<string, unknown>> = {
  model: 'm',
  messages: [{ role: 'user', content: 'How is it?' }],
}
export const MESSAGES_REQUEST: Readonly<Record<string, unknown>> = {
  model: 'm',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'How is it?' }],
}

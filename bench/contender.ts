import { CHAT_MODEL, CLAUDE_MODEL } from './answers.ts'
import { Child } from './child.ts'
import type { Portkey } from './portkey.ts'
import { LOGICAL_CHAT, LOGICAL_CLAUDE, MESSAGES_PATH, TRANSLATED_CHAT, TRANSLATED_CLAUDE } from './traffic.ts'

/** `passthrough`: Fullstop itself where it need not translate. */
export type ContenderName = 'relay' | 'passthrough' | 'fullstop' | 'portkey'

/** One gateway under test, running. */
export interface Contender {
  readonly name: ContenderName
  readonly url: string
  readonly pid: number
  readonly headers: Readonly<Record<string, string>>
  /** The model's name that its clients use for a path. */
  readonly model: (path: string) => string
  /** Whether it promises to pass bytes on as they came. */
  readonly isByteExact: boolean
  readonly stop: () => Promise<void>
}

const upstreamName = (path: string): string => (path === MESSAGES_PATH ? CLAUDE_MODEL : CHAT_MODEL)
const logicalName = (path: string): string => (path === MESSAGES_PATH ? LOGICAL_CLAUDE : LOGICAL_CHAT)

export async function startRelay(upstream: Child): Promise<Contender> {
  const child = await Child.start('relay.ts', { BENCH_UPSTREAM: upstream.url })
  return {
    name: 'relay',
    url: child.url,
    pid: child.pid,
    headers: {},
    model: upstreamName,
    isByteExact: true,
    stop: () => child.stop(),
  }
}

export interface FullstopProcess extends Contender {
  readonly child: Child
  /** The same process, asked for the provider's own model name, so that no request is rewritten. */
  readonly withoutRewriting: Contender
  /** The same process, asked for models that providers of the other protocol serve. */
  readonly translating: Contender
}

export async function startFullstop(upstream: Child): Promise<FullstopProcess> {
  const child = await Child.start('gateway.ts', { BENCH_UPSTREAM: upstream.url })
  const contender: Contender = {
    name: 'fullstop',
    url: child.url,
    pid: child.pid,
    headers: {},
    model: logicalName,
    isByteExact: true,
    stop: () => child.stop(),
  }
  const translated = (path: string): string => (path === MESSAGES_PATH ? TRANSLATED_CLAUDE : TRANSLATED_CHAT)
  return {
    ...contender,
    child,
    withoutRewriting: { ...contender, model: upstreamName },
    translating: { ...contender, isByteExact: false, model: translated },
  }
}

/** Portkey with an Anthropic provider, for clients of OpenAI Chat; the other way round it does not translate. */
export function translatingPortkey(portkey: Contender, upstream: Child): Contender {
  const headers = { 'x-portkey-provider': 'anthropic', 'x-portkey-custom-host': `${upstream.url}/v1` }
  return { ...portkey, headers, model: () => CLAUDE_MODEL }
}

export async function startPortkey(portkey: Portkey, upstream: Child): Promise<Contender> {
  const running = await portkey.start()
  return {
    name: 'portkey',
    url: running.url,
    pid: running.pid,
    headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream.url}/v1` },
    model: upstreamName,
    isByteExact: false,
    stop: running.stop,
  }
}

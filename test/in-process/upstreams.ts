import { CHAT_ANSWER, json, startUpstream, type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'
import { createFullstop, type ExchangeEvidence, type Fullstop } from '../../src/index.ts'

export interface TwoProviders extends AsyncDisposable {
  readonly fullstop: Fullstop
  readonly exchanges: readonly ExchangeEvidence[]
  readonly openai: TestUpstream
  readonly anthropic: TestUpstream
}

/** Fullstop in this process over one provider of each protocol; the OpenAI one is asked first. */
export async function startTwoProviders(
  onOpenAi: UpstreamHandler,
  onAnthropic: UpstreamHandler,
): Promise<TwoProviders> {
  const openai = await startUpstream(onOpenAi)
  const anthropic = await startUpstream(onAnthropic)
  const exchanges: ExchangeEvidence[] = []
  const fullstop = await createFullstop({
    config: {
      providers: {
        openai: { protocol: 'openai-chat', baseUrl: `${openai.url}/v1`, apiKey: 'openai-key' },
        anthropic: { protocol: 'anthropic', baseUrl: anthropic.url, apiKey: 'anthropic-key' },
      },
      models: { m: { platforms: ['openai/gpt-4o'], fallbacks: ['n'] }, n: { platforms: ['anthropic/claude'] } },
      defaults: { delivery: 'live' },
      workflows: { tickets: { model: 'm', attempts: 2 } },
    },
    onExchange: (exchange) => exchanges.push(exchange),
  })
  return {
    fullstop,
    exchanges,
    openai,
    anthropic,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([openai.stop(), anthropic.stop()])
    },
  }
}

/** A finished chat answer with this text. */
export function chat(text: string, finishReason = 'stop'): UpstreamHandler {
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finishReason }]
  return (_, response) => json(response, 200, { ...CHAT_ANSWER, choices })
}

/** A finished Messages answer with this text. */
export function message(text: string, stopReason = 'end_turn'): UpstreamHandler {
  return (_, response) =>
    json(response, 200, {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text }],
      stop_reason: stopReason,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    })
}

export const overloaded: UpstreamHandler = (_, response) => json(response, 503, { error: { message: 'busy' } })

/** Waits for what another turn brings. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000; turn++) {
    if (isTrue()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('it never came')
}

import {
  ConfigurationError,
  createFullstop,
  type ExchangeEvidence,
  type Fullstop,
  type FullstopConfig,
  GenerateError,
} from 'fullstop'

const config: FullstopConfig = {
  providers: { a: { protocol: 'anthropic', apiKey: '${KEY}', timeouts: { idle: '10s' } } },
  models: { sonnet: { platforms: ['a/claude-sonnet-4-5'] } },
}
const fullstop: Fullstop = await createFullstop({
  config,
  onExchange: (exchange: ExchangeEvidence) => void exchange.id,
})

const text: string = await fullstop.generate('Hello', { model: 'sonnet' })
const reply = await fullstop.generate('Ticket', { model: 'sonnet', expect: ['ticket_id', 'reply'] })
const id: unknown = reply.ticket_id
const exact: { ticket_id: unknown; reply: unknown } = reply
const amount = await fullstop.generate<{ amount: number }>('How much?', { model: 'sonnet', schema: { type: 'object' } })
const sum: number = amount.amount
const loose = await fullstop.generate('How much?', { model: 'sonnet', schema: { type: 'object' } as const })
const any: unknown = loose['anything']

// @ts-expect-error: a field that was not asked for
void reply.sentiment
// @ts-expect-error: one or the other
void fullstop.generate('x', { model: 'm', expect: ['a'], schema: {} })
// @ts-expect-error: a word that no protocol has
const wrong: FullstopConfig = { providers: { a: { protocol: 'smoke-signals' } } }
// @ts-expect-error: text is no object
const notText: { a: unknown } = await fullstop.generate('x', { model: 'm' })

// As an SDK's options want it.
const options: { fetch?: (input: string | URL | Request, init?: RequestInit) => Promise<Response> } = {
  fetch: fullstop.fetch,
}
const standard: (input: string | URL | Request, init?: RequestInit) => Promise<Response> = fullstop.fetch

try {
  await fullstop.close()
} catch (error) {
  if (error instanceof GenerateError) void error.attempts[0]?.violation?.length
  if (error instanceof ConfigurationError) void error.problems[0]?.line.toFixed()
}
void [text, id, exact, sum, any, wrong, notText, options, standard]

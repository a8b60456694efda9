import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { faults, probeWire, startSimulatedProviders } from './index.ts'
import type { SimulatedProviders, WireProbeOptions, WireReading } from './index.ts'

let providers: SimulatedProviders
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
})
afterAll(() => providers.stop())

const SENTENCE = 'The first sentence is here. The second one follows it. The third one is the last.'

interface Ask extends Partial<WireProbeOptions> {
  readonly stream?: boolean
  readonly prompt?: string
  readonly more?: object
}

function messages(fault: string, ask: Ask = {}): Promise<WireReading> {
  const { stream = true, prompt = `[[say:${SENTENCE}]]`, more, ...probe } = ask
  const body = {
    model: `sim-sonnet+${fault}`,
    max_tokens: 500,
    stream,
    messages: [{ role: 'user', content: prompt }],
    ...more,
  }
  return probeWire(`${providers.url}/trainium/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body),
    ...probe,
  })
}

function chat(fault: string, ask: Ask = {}): Promise<WireReading> {
  const { stream = true, prompt = `[[say:${SENTENCE}]]`, more, ...probe } = ask
  const body = { model: `sim-gpt+${fault}`, stream, messages: [{ role: 'user', content: prompt }], ...more }
  return probeWire(`${providers.url}/trainium/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
    body: JSON.stringify(body),
    ...probe,
  })
}

type AskProvider = (fault: string, ask?: Ask) => Promise<WireReading>
const both: [string, AskProvider, string, RegExp][] = [
  ['anthropic', messages, 'message_stop', /content_block_delta\ndata/g],
  ['openai-chat', chat, '[DONE]', /"delta":\{"content":"[^"]/g],
]

describe.each(both)('%s streams', (_name, ask, terminal, content) => {
  const countContent = (body: string): number => body.match(content)?.length ?? 0

  test('end cleanly with the terminal event when nothing is wrong', async () => {
    const whole = await ask('slow-drip=0')
    expect(whole.end).toBe('clean')
    expect(whole.raw.endsWith('0\r\n\r\n')).toBe(true)
    expect(whole.body).toContain(terminal)
  })

  test.each([
    ['cut-eof', 'clean'],
    ['cut-fin', 'fin'],
    ['cut-reset', 'reset'],
    ['cut-midjson', 'clean'],
    ['in-band-error', 'clean'],
  ] as const)('%s ends %s after the asked number of content events', async (fault, end) => {
    const reading = await ask(`${fault}=3`)
    expect(reading.status).toBe(200)
    expect(reading.end).toBe(end)
    expect(reading.raw.endsWith('0\r\n\r\n')).toBe(end === 'clean')
    expect(reading.body).not.toContain(terminal)
    expect(countContent(reading.body)).toBe(fault === 'cut-midjson' && ask === messages ? 4 : 3)
  })

  test('a cut never lets the last content event through', async () => {
    const cutLate = textOf((await ask('cut-eof=99999')).body)
    expect(textOf((await ask('slow-drip=0')).body)).toBe(SENTENCE)
    expect(SENTENCE.startsWith(cutLate)).toBe(true)
    expect(cutLate.length).toBeGreaterThan(0)
    expect(cutLate.length).toBeLessThan(SENTENCE.length)
  })

  test('cut-midjson ends inside a data line', async () => {
    const { body } = await ask('cut-midjson=2')
    const lastLine = body.split('\n').at(-1) ?? ''
    expect(lastLine.startsWith('data: {')).toBe(true)
    expect(() => JSON.parse(lastLine.slice(6))).toThrow()
  })

  test('stall keeps the connection open, and ends when the client leaves', async () => {
    const reading = await ask('stall=2', { silenceMs: 80 })
    expect(reading.end).toBe('open')
    expect(countContent(reading.body)).toBe(2)
    await closedAtServer()
  })

  test('silence sends nothing at all', async () => {
    const reading = await ask('silence', { silenceMs: 80 })
    expect(reading.raw).toBe('')
    expect(reading.end).toBe('open')
    await closedAtServer()
  })

  test('reset-before-headers resets without a byte', async () => {
    const reading = await ask('reset-before-headers')
    expect(reading.raw).toBe('')
    expect(reading.end).toBe('reset')
  })

  test('in-band-error sends the error event of the protocol', async () => {
    const late = await ask('in-band-error=1')
    expect(late.body).toContain('"error":{')
    const first = await ask('error-first')
    expect(first.status).toBe(200)
    expect(first.body.match(/data:/g)?.length).toBe(1)
    expect(first.body).toContain('"error":{')
  })

  test('malformed-event breaks one event and goes on', async () => {
    const { body, end } = await ask('malformed-event=2')
    const broken = dataOf(body).filter((data) => data !== '[DONE]' && !parses(data))
    expect(broken).toHaveLength(1)
    expect(body).toContain(terminal)
    expect(end).toBe('clean')
  })

  test('no-terminal sends the stop reason and not the terminal event', async () => {
    const { body, end } = await ask('no-terminal')
    expect(body).toMatch(/"(stop_reason|finish_reason)":"(end_turn|stop)"/)
    expect(body).not.toContain(terminal)
    expect(end).toBe('clean')
  })

  test('wrong-content-type sends a page, json-instead one answer', async () => {
    const page = await ask('wrong-content-type')
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
    const whole = await ask('json-instead')
    expect(whole.headers['content-type']).toBe('application/json')
    expect(JSON.stringify(JSON.parse(whole.body))).toContain(SENTENCE)
  })

  test('slow-first-token sends the headers before the wait', async () => {
    const reading = await ask('slow-first-token=600000', { silenceMs: 80 })
    expect(reading.status).toBe(200)
    expect(reading.body).toBe('')
  })

  test('byte-drip sends single bytes', async () => {
    const reading = await ask('byte-drip=1', { until: 'data' })
    expect(reading.raw).toMatch(/\r\n1\r\nd\r\n1\r\na\r\n1\r\nt/)
  })

  test('giant-event adds an event of that size', async () => {
    const { body, end } = await ask('giant-event=2000000')
    expect(Math.max(...dataOf(body).map((data) => data.length))).toBeGreaterThan(2_000_000)
    expect(end).toBe('clean')
  })

  test('gzip-bomb is small and unpacks to the asked size', async () => {
    const { body, headers } = await ask('gzip-bomb=3000000')
    expect(headers['content-encoding']).toBe('gzip')
    expect(body.length).toBeLessThan(30_000)
    expect(gunzipSync(Buffer.from(body, 'latin1')).length).toBe(3_000_000)
  })

  test('limited, refusal and abort-finish end with their own stop reasons', async () => {
    const limited = await ask('limited=4')
    expect(limited.body).toMatch(/"(stop_reason|finish_reason)":"(max_tokens|length)"/)
    expect(limited.body).toContain(terminal)
    const refused = await ask('refusal=2')
    expect(refused.body).toMatch(/"stop_reason":"refusal"|"delta":\{"refusal"/)
    const aborted = await ask('abort-finish')
    expect(aborted.body).toMatch(/"(stop_reason|finish_reason)":"abort"/)
  })
})

describe.each(both)('%s bodies', (_name, ask) => {
  test.each([
    ['cut-eof', 'clean'],
    ['cut-fin', 'fin'],
    ['cut-reset', 'reset'],
    ['truncated-json', 'clean'],
    ['truncated-json-short', 'fin'],
    ['truncated-json-reset', 'reset'],
  ] as const)('%s cuts the body and ends %s', async (fault, end) => {
    const { body, end: got } = await ask(fault, { stream: false })
    expect(got).toBe(end)
    expect(body.startsWith('{')).toBe(true)
    expect(parses(body)).toBe(false)
  })

  test('truncated-json-short promises more than it sends', async () => {
    const { body, headers } = await ask('truncated-json-short', { stream: false })
    expect(Number(headers['content-length'])).toBeGreaterThan(body.length)
  })

  test('stall sends half and keeps the connection open', async () => {
    const { body, end } = await ask('stall', { stream: false, silenceMs: 80 })
    expect(end).toBe('open')
    expect(parses(body)).toBe(false)
    await closedAtServer()
  })

  test('malformed-event does not parse; no-terminal has no stop reason; in-band-error is an error with 200', async () => {
    expect(parses((await ask('malformed-event', { stream: false })).body)).toBe(false)
    expect((await ask('no-terminal', { stream: false })).body).toMatch(/"(stop_reason|finish_reason)":null/)
    const error = await ask('in-band-error', { stream: false })
    expect(error.status).toBe(200)
    expect(JSON.parse(error.body)).toHaveProperty('error.message')
  })
})

describe('error responses', () => {
  test('status and Retry-After are as asked', async () => {
    const overloaded = await messages('status=529+retry-after=7')
    expect(overloaded.status).toBe(529)
    expect(overloaded.headers['retry-after']).toBe('7')
    expect(JSON.parse(overloaded.body)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
    const limited = await chat('status=429')
    expect(limited.headers['retry-after']).toBeUndefined()
    expect(JSON.parse(limited.body)).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
  })

  test('a spent account is disguised as in the wild', async () => {
    const anthropic = await messages('insufficient-quota')
    expect(anthropic.status).toBe(400)
    expect(anthropic.body).toContain('Your credit balance is too low')
    const openai = await chat('insufficient-quota')
    expect(openai.status).toBe(429)
    expect(JSON.parse(openai.body)).toMatchObject({ error: { code: 'insufficient_quota' } })
  })

  test('auth refuses the key', async () => {
    expect((await messages('auth')).status).toBe(401)
    expect((await chat('auth=403')).status).toBe(403)
  })
})

test('bad-tool-args sends arguments that do not parse in an answer that calls itself whole', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
  const tools = [{ type: 'function', function: { name: 'find', parameters: schema } }]
  const { body } = await chat('bad-tool-args', { stream: false, prompt: 'Find it.', more: { tools } })
  const choice = (JSON.parse(body) as { choices: { finish_reason: string; message: { tool_calls: object[] } }[] })
    .choices[0]
  expect(choice?.finish_reason).toBe('tool_calls')
  const call = choice?.message.tool_calls[0] as { function: { arguments: string } }
  expect(parses(call.function.arguments)).toBe(false)
})

test('every fault of the catalogue is named in a test of this file', async () => {
  const source = await Bun.file(import.meta.path).text()
  expect(Object.keys(faults).filter((name) => !new RegExp(`['+]${name}['=+]`).test(source))).toEqual([])
})

function dataOf(body: string): string[] {
  return body
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6))
}

function textOf(body: string): string {
  const pieces = dataOf(body)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as TextPiece)
  return pieces.map((piece) => piece.choices?.[0]?.delta.content ?? piece.delta?.text ?? '').join('')
}

interface TextPiece {
  readonly delta?: { readonly text?: string }
  readonly choices?: { readonly delta: { readonly content?: string } }[]
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

// The server learns of a client that left through the socket, a few turns of the event loop later.
async function closedAtServer(): Promise<void> {
  for (let turn = 0; turn < 1000 && (providers.counts()['trainium']?.open ?? 0) > 0; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(providers.counts()['trainium']?.open).toBe(0)
}

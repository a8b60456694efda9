import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { faults, probeWire, startSimulatedProviders } from './index.ts'
import type { SimulatedProviders, WireProbeOptions, WireReading } from './index.ts'

let providers: SimulatedProviders
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
})
afterAll(() => providers.stop())

const AN_ERROR = /"error": ?\{|event: error\ndata: \{"type":"error"/
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

function responses(fault: string, ask: Ask = {}): Promise<WireReading> {
  const { stream = true, prompt = `[[say:${SENTENCE}]]`, more, ...probe } = ask
  const body = { model: `sim-gpt+${fault}`, stream, input: prompt, ...more }
  return probeWire(`${providers.url}/trainium/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
    body: JSON.stringify(body),
    ...probe,
  })
}

const gemini =
  (model: string, query = '?alt=sse') =>
  (fault: string, ask: Ask = {}): Promise<WireReading> => {
    const { stream = true, prompt = `[[say:${SENTENCE}]]`, more, ...probe } = ask
    const body = { contents: [{ role: 'user', parts: [{ text: prompt }] }], ...more }
    const method = stream ? `streamGenerateContent${query}` : 'generateContent'
    return probeWire(`${providers.url}/trainium/v1beta/models/${model}+${fault}:${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': 'k' },
      body: JSON.stringify(body),
      ...probe,
    })
  }

type AskProvider = (fault: string, ask?: Ask) => Promise<WireReading>

interface Spoken {
  readonly ask: AskProvider
  /** What only the terminal event has. */
  readonly terminal: string
  /** Matches once in every content event. */
  readonly content: RegExp
  /** What is there although the terminal event is missing. */
  readonly withoutTerminal: RegExp
  readonly limited: RegExp
  readonly refused: RegExp
  readonly aborted: RegExp
  /** How a body that is not a stream says that it has no end. */
  readonly openBody: RegExp
}

const geminiSpeaks = {
  terminal: '"finishReason"',
  content: /"text": "[^"]/g,
  withoutTerminal: /the last\.|"\."/,
  limited: /"finishReason": "MAX_TOKENS"/,
  refused: /"finishReason": "SAFETY"/,
  aborted: /"finishReason": "OTHER"/,
  openBody: /"finishReason": null/,
}
const all: [string, Spoken][] = [
  [
    'anthropic',
    {
      ask: messages,
      terminal: 'message_stop',
      content: /content_block_delta\ndata/g,
      withoutTerminal: /"stop_reason":"end_turn"/,
      limited: /"stop_reason":"max_tokens"/,
      refused: /"stop_reason":"refusal"/,
      aborted: /"stop_reason":"abort"/,
      openBody: /"stop_reason":null/,
    },
  ],
  [
    'openai-chat',
    {
      ask: chat,
      terminal: '[DONE]',
      content: /"delta":\{"content":"[^"]/g,
      withoutTerminal: /"finish_reason":"stop"/,
      limited: /"finish_reason":"length"/,
      refused: /"delta":\{"refusal"/,
      aborted: /"finish_reason":"abort"/,
      openBody: /"finish_reason":null/,
    },
  ],
  [
    'openai-responses',
    {
      ask: responses,
      terminal: '"usage":{',
      content: /output_text\.delta\ndata/g,
      withoutTerminal: /event: response\.output_item\.done/,
      limited: /event: response\.incomplete\ndata: .*"incomplete_details":\{"reason":"max_output_tokens"\}/,
      refused: /response\.refusal\.delta/,
      aborted: /event: response\.failed\ndata: .*"status":"failed".*"code":"server_error"/,
      openBody: /"status": "in_progress"/,
    },
  ],
  ['gemini that signs', { ask: gemini('sim-gemini'), ...geminiSpeaks }],
  ['gemini that does not', { ask: gemini('sim-gemini-flash'), ...geminiSpeaks }],
]

describe.each(all)('%s streams', (name, spoken) => {
  const { ask, terminal, content } = spoken
  // Half an event of the others shows that it is a content event.
  const showsHalf = name !== 'openai-chat'
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
    expect(countContent(reading.body)).toBe(fault === 'cut-midjson' && showsHalf ? 4 : 3)
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
    expect(late.body).toMatch(AN_ERROR)
    const first = await ask('error-first')
    expect(first.status).toBe(200)
    expect(first.body.match(/data:/g)?.length).toBe(1)
    expect(first.body).toMatch(AN_ERROR)
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
    expect(body).toMatch(spoken.withoutTerminal)
    expect(textOf(body)).toBe(SENTENCE)
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
    const reading = await ask('slow-first-token=600000', { silenceMs: 300 })
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
    expect(limited.body).toMatch(spoken.limited)
    expect(limited.body).toContain(terminal)
    const refused = await ask('refusal=500')
    expect(refused.body).toMatch(spoken.refused)
    const aborted = await ask('abort-finish')
    expect(aborted.body).toMatch(spoken.aborted)
  })
})

describe.each(all)('%s bodies', (_name, { ask, openBody }) => {
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
    expect((await ask('no-terminal', { stream: false })).body).toMatch(openBody)
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
    const google = await gemini('sim-gemini')('insufficient-quota')
    expect(google.status).toBe(429)
    expect(google.body).toContain('exceeded your current quota')
  })

  test('auth refuses the key', async () => {
    expect((await messages('auth')).status).toBe(401)
    expect((await chat('auth=403')).status).toBe(403)
    expect((await responses('auth')).status).toBe(401)
    const google = await gemini('sim-gemini')('auth')
    expect([google.status, google.body]).toEqual([400, expect.stringContaining('API_KEY_INVALID') as string])
  })
})

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

test.each<[string, () => Promise<WireReading>, RegExp, RegExp]>([
  [
    'anthropic',
    () => messages('bad-tool-args', { more: { tools: [{ name: 'find', input_schema: schema }] }, prompt: 'Find it.' }),
    /"partial_json":"[^\n]*,"\}/,
    /"stop_reason":"tool_use"/,
  ],
  [
    'openai-chat',
    () =>
      chat('bad-tool-args', {
        more: { tools: [{ type: 'function', function: { name: 'find', parameters: schema } }] },
        prompt: 'Find it.',
        stream: false,
      }),
    /"arguments":"(\{.*,)"/,
    /"finish_reason":"tool_calls"/,
  ],
  [
    'openai-responses',
    () =>
      responses('bad-tool-args', {
        more: { tools: [{ type: 'function', name: 'find', parameters: schema }] },
        prompt: 'Find it.',
      }),
    /"arguments":"\{[^\n]*?,"\}/,
    /event: response\.completed/,
  ],
  [
    'gemini',
    () =>
      gemini('sim-gemini')('bad-tool-args', {
        more: { tools: [{ functionDeclarations: [{ name: 'find', parametersJsonSchema: schema }] }] },
        prompt: 'Find it.',
      }),
    /"finishMessage": "Malformed function call: \{.*,"/,
    /"finishReason": "MALFORMED_FUNCTION_CALL"/,
  ],
])(
  'bad-tool-args, %s: arguments that do not parse in an answer that calls itself whole',
  async (name, ask, args, end) => {
    const { body } = await ask()
    expect(body).toMatch(args)
    expect(body).toMatch(end)
    if (name === 'gemini') expect(body).not.toContain('"functionCall"')
  },
)

describe('what only one protocol can do', () => {
  const numbers = (body: string): number[] =>
    dataOf(body).map((data) => (JSON.parse(data) as { sequence_number: number }).sequence_number)

  test('numbers of Responses events run from 0 without a gap, also with an added event and in an error', async () => {
    for (const fault of ['slow-drip=0', 'giant-event=10', 'in-band-error=3', 'cut-eof=2', 'no-terminal']) {
      const seen = numbers((await responses(fault)).body)
      expect(seen).toEqual(seen.map((_, index) => index))
      expect(seen.length).toBeGreaterThan(5)
    }
  })

  test('sequence-gap leaves out one number and its text, and ends properly', async () => {
    const { body, end } = await responses('sequence-gap=2')
    const seen = numbers(body)
    expect(seen.flatMap((number, index) => (number === (seen[index - 1] ?? -1) + 1 ? [] : [number]))).toEqual([7])
    expect(textOf(body)).toBe(SENTENCE.replace(' sentence', ''))
    expect(body).toContain('response.completed')
    expect(end).toBe('clean')
  })

  test('bare-error sends the error without its framing', async () => {
    const { body, end } = await gemini('sim-gemini')('bare-error=2')
    expect(end).toBe('clean')
    const bare = body.slice(body.indexOf('{\n'))
    expect(JSON.parse(bare)).toMatchObject({ error: { code: 503, status: 'UNAVAILABLE' } })
    expect(dataOf(body)).toHaveLength(2)
  })

  test('stop-on-every-chunk says STOP all the time, so that a cut is no longer to be seen', async () => {
    const { body } = await gemini('sim-gemini')('stop-on-every-chunk')
    expect(dataOf(body).every((data) => data.includes('"finishReason": "STOP"'))).toBe(true)
    const cut = await gemini('sim-gemini')('stop-on-every-chunk+cut-eof=2')
    expect(dataOf(cut.body)).toHaveLength(2)
    expect(cut.body).toMatch(/"finishReason": "STOP"[^\n]*\r\n\r\n$/)
  })

  test('a cut answer of one chunk alone is nothing at all', async () => {
    const cut = await gemini('sim-gemini-flash')('cut-eof=3', { prompt: '[[say:Hi]]' })
    expect([cut.status, cut.body, cut.end]).toEqual([200, '', 'clean'])
    expect((await gemini('sim-gemini')('cut-eof=3', { prompt: '[[refuse]]' })).body).toBe('')
  })

  test('a fault that means nothing in a protocol is refused there', async () => {
    const refused = await messages('sequence-gap')
    expect([refused.status, refused.body]).toEqual([
      404,
      expect.stringContaining('means nothing in anthropic') as string,
    ])
    expect((await responses('stop-on-every-chunk')).status).toBe(404)
    expect((await chat('bare-error')).status).toBe(404)
  })
})

describe('gemini’s stream as one JSON array', () => {
  const ask = gemini('sim-gemini', '')
  const chunks = (body: string): unknown[] => JSON.parse(body) as unknown[]

  test('is whole when its bracket closes, and a broken one does not parse', async () => {
    const { body, headers, end } = await ask('slow-drip=0')
    expect(headers['content-type']).toBe('application/json; charset=UTF-8')
    expect(end).toBe('clean')
    expect(chunks(body).length).toBeGreaterThan(3)
    expect(JSON.stringify(chunks(body).at(-1))).toContain('"finishReason":"STOP"')
    for (const fault of ['cut-eof=2', 'no-terminal', 'cut-midjson=2', 'malformed-event=2', 'stall=2'])
      expect(parses((await ask(fault, { silenceMs: 80 })).body)).toBe(false)
    expect((await ask('no-terminal')).body).toContain('"finishReason": "STOP"')
  })

  test('has errors and giants as elements', async () => {
    expect(chunks((await ask('in-band-error=2')).body).at(-1)).toMatchObject({ error: { status: 'UNAVAILABLE' } })
    const giant = chunks((await ask('giant-event=1000')).body).map((chunk) => JSON.stringify(chunk).length)
    expect(Math.max(...giant)).toBeGreaterThan(1000)
    expect(chunks((await ask('error-first')).body)).toMatchObject([{ error: { code: 503 } }])
    const refused = await ask('status=429+retry-after=9')
    expect(chunks(refused.body)).toMatchObject([
      { error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '9s' }] } },
    ])
  })
})

test('every fault of the catalogue is named in a test of this file', async () => {
  const source = await Bun.file(import.meta.path).text()
  expect(Object.keys(faults).filter((name) => !new RegExp(`['+]${name}['=+]`).test(source))).toEqual([])
})

function dataOf(body: string): string[] {
  return body
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6).trimEnd())
}

// The answer's text as far as the deltas tell it, in whichever protocol.
function textOf(body: string): string {
  const pieces = dataOf(body)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as TextPiece)
  return pieces.map(pieceOf).join('')
}

function pieceOf({ type, delta, choices, candidates }: TextPiece): string {
  if (type === 'response.output_text.delta') return String(delta)
  if (candidates !== undefined) return candidates[0]?.content.parts?.[0]?.text ?? ''
  const text = typeof delta === 'object' ? delta.text : undefined
  return choices?.[0]?.delta.content ?? text ?? ''
}

interface TextPiece {
  readonly type?: string
  readonly delta?: string | { readonly text?: string }
  readonly choices?: { readonly delta: { readonly content?: string } }[]
  readonly candidates?: { readonly content: { readonly parts?: { readonly text?: string }[] } }[]
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

import { describe, expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import { CHAT_REQUEST, MESSAGES_REQUEST } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { type TestUpstream, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const say = (...texts: readonly string[]): string => texts.map((content) => chunk({ content })).join('')
const END = `${chunk({}, 'stop')}data: [DONE]\n\n`

/** Writes each text when the one before was asked for, then ends as told. */
const speaker =
  (steps: readonly (string | Promise<unknown>)[], end: 'clean' | 'reset' = 'clean'): UpstreamHandler =>
  async (_, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const step of steps) {
      if (typeof step === 'string') response.write(step)
      else await step
    }
    if (end === 'clean') response.end()
    else response.destroy()
  }

function gatewayOver(upstreams: readonly TestUpstream[], defaults = '') {
  const lines = upstreams.map(
    ({ url }, i) => `  ${'abc'.charAt(i)}: { protocol: openai-chat, baseUrl: "${url}/v1", apiKey: k }`,
  )
  const names = upstreams.map((_, i) => `${'abc'.charAt(i)}/x`)
  return bench.gateway(`providers:\n${lines.join('\n')}\nmodels:\n  m: { platforms: [${names}] }\n${defaults}\n`)
}

const textOf = (stream: string): string =>
  [...stream.matchAll(/"(?:content|text)":"([^"]*)"/g)].map((match) => match[1]).join('')

/** Reads a response bit by bit. */
class Reading {
  text = ''
  aborted = false
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()

  constructor(response: Response) {
    const { body } = response
    if (body === null) throw new Error('no body')
    this.#reader = body.getReader()
  }

  async until(found: (text: string) => boolean): Promise<string> {
    while (!found(this.text)) {
      const { value, done } = await this.#reader.read()
      if (done) break
      this.text += this.#decoder.decode(value, { stream: true })
    }
    return this.text
  }

  async toEnd(): Promise<string> {
    try {
      return await this.until(() => false)
    } catch {
      this.aborted = true
      return this.text
    }
  }
}

const paths = [
  ['the same protocol', '/v1/chat/completions', CHAT_REQUEST],
  ['a translation', '/v1/messages', MESSAGES_REQUEST],
] as const

describe.each(paths)('guarded delivery, through %s', (_, path, request) => {
  const ask = { ...request, stream: true }

  test('an answer that dies within its first sentence is another platform’s, unseen', async () => {
    const gateway = gatewayOver([
      await bench.upstream(speaker([say('It', ' was', ' a')], 'reset')),
      await bench.upstream(speaker([say('All', ' is', ' well', '.'), END])),
    ])
    const response = await gateway.post(path, ask)
    const text = await response.text()
    expect(response.headers.get('x-fullstop-platform')).toBe('b/x')
    expect(textOf(text)).toBe('All is well.')
    expect(text).not.toContain('was')
  })

  test('behind its first sentence text flows word by word, and the last word waits', async () => {
    let go = (): void => undefined
    const rest = new Promise<void>((resolve) => (go = resolve))
    const gateway = gatewayOver([
      await bench.upstream(speaker([say('All', ' is', ' well', '.', ' So', ' it', ' se'), rest, say('ems', '.'), END])),
    ])
    const reading = new Reading(await gateway.post(path, ask))
    const first = await reading.until((text) => textOf(text).includes(' it'))
    expect(textOf(first)).toBe('All is well. So it')
    go()
    expect(textOf(await reading.toEnd())).toBe('All is well. So it seems.')
  })

  test('an opening without an end flows after its time, up to the end of a word', async () => {
    let go = (): void => undefined
    const rest = new Promise<void>((resolve) => (go = resolve))
    const gateway = gatewayOver([await bench.upstream(speaker([say('All', ' is', ' we'), rest, say('ll', '.'), END]))])
    const reading = new Reading(await gateway.post(path, ask))
    expect(textOf(await reading.until((text) => textOf(text) !== ''))).toBe('All is')
    go()
    expect(textOf(await reading.toEnd())).toBe('All is well.')
  })

  test('an answer that dies later ends with a whole word and an honest error', async () => {
    let read = (): void => undefined
    const seen = new Promise<void>((resolve) => (read = resolve))
    const gateway = gatewayOver([
      await bench.upstream(speaker([say('All', ' is', ' well', '.', ' So', ' it', ' se'), seen], 'reset')),
    ])
    const reading = new Reading(await gateway.post(path, ask))
    await reading.until((text) => textOf(text).includes(' it'))
    read()
    const text = await reading.toEnd()
    expect(reading.aborted).toBe(true)
    expect(textOf(text)).toBe('All is well. So it')
    expect(text).toContain('no-complete-answer')
    expect(text).not.toMatch(/\[DONE\]|message_stop/)
  })

  test('structured output waits for its proof', async () => {
    const gateway = gatewayOver([
      await bench.upstream(
        speaker([say('{"a":', ' "b. c', ' d. '), new Promise((resolve) => setTimeout(resolve, 350))], 'reset'),
      ),
      await bench.upstream(speaker([say('{"a":', ' 1}'), END])),
    ])
    const format =
      path === '/v1/messages'
        ? { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } }
        : { response_format: { type: 'json_object' } }
    const text = await (await gateway.post(path, { ...ask, ...format })).text()
    expect(text).not.toContain('b. c')
    expect(gateway.evidence[0]?.attempts.map(({ verdict }) => verdict)).toEqual(['truncated', 'complete'])
  })
})

test('a tool call waits for the proof, and what was said before it too, up to the last word', async () => {
  const call = { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }] }
  const gateway = gatewayOver([
    await bench.upstream(speaker([say('I', ' will', ' look'), chunk(call)], 'reset')),
    await bench.upstream(
      speaker([say('I', ' look', ' it', ' up', '.'), chunk(call), chunk({}, 'tool_calls'), 'data: [DONE]\n\n']),
    ),
  ])
  const text = await (await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true })).text()
  expect(textOf(text)).toBe('I look it up.')
  expect(text.match(/"name":"f"/g)?.length).toBe(1)
})

test('thinking flows as it comes, or waits for the text behind it', async () => {
  for (const [thinking, isHeld] of [
    ['live', false],
    ['hold', true],
  ] as const) {
    let go = (): void => undefined
    const rest = new Promise<void>((resolve) => (go = resolve))
    const upstream = await bench.upstream(
      speaker([chunk({ reasoning_content: 'hm' }), rest, say('Yes', '.', ' No', '.'), END]),
    )
    const gateway = gatewayOver([upstream], `defaults: { thinking: ${thinking} }`)
    const asked = gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true })
    if (isHeld) {
      const early = await Promise.race([asked, new Promise<undefined>((resolve) => setTimeout(resolve, 100))])
      expect(early).toBeUndefined()
    } else await asked
    go()
    expect(textOf(await (await asked).text())).toBe('Yes. No.')
  }
})

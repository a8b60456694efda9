import { expect, test } from 'bun:test'
import type { ProviderResponse } from '../provider-http.ts'
import { abortable } from './abortable.ts'
import { fetchInMemory } from './memory-http.ts'

const init = { method: 'POST', headers: { 'X-Name': 'value' }, body: 'größe', signal: new AbortController().signal }
const answer = (play: (response: ProviderResponse) => void, signal = init.signal): Promise<Response> =>
  fetchInMemory((_, response) => play(response), 'http://providers.invalid/a?b=c', { ...init, signal })

test('a request arrives as it was sent, and an answer as it was written', async () => {
  const seen: unknown[] = []
  const response = await fetchInMemory(
    async (request, written) => {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece as Buffer)
      seen.push(request.method, request.url, request.headers, Buffer.concat(pieces).toString())
      written.writeHead(201, { 'x-id': '1' })
      written.write('one ')
      written.end('two')
    },
    'http://providers.invalid/a?b=c',
    init,
  )
  expect([response.status, response.headers.get('x-id'), await response.text()]).toEqual([201, '1', 'one two'])
  expect(seen).toEqual(['POST', '/a?b=c', { 'x-name': 'value' }, 'größe'])
})

test('what was sent before a connection breaks is read before it does', async () => {
  for (const how of ['end', 'resetAndDestroy'] as const) {
    const response = await answer((written) => {
      written.writeHead(200, {})
      written.write('half')
      written.socket?.[how]()
    })
    const reader = response.body!.getReader()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('half')
    await expect(reader.read()).rejects.toThrow('connection was')
  }
  await expect(answer((written) => written.socket?.resetAndDestroy())).rejects.toThrow('reset')
})

test('a client that leaves is noticed, before the head and in the body', async () => {
  for (const hasBegun of [false, true]) {
    const leave = new AbortController()
    let closed = 0
    const response = answer((written) => {
      written.on('close', () => (closed += 1))
      if (hasBegun) written.flushHeaders()
    }, leave.signal)
    const reading = response.then((each) => each.text())
    await Promise.resolve()
    expect(closed).toBe(0)
    leave.abort()
    await expect(reading).rejects.toThrow('left')
    expect(closed).toBe(1)
  }
})

test('a writer is told to wait for a reader, and when to go on', async () => {
  const told: unknown[] = []
  const response = await answer((written) => {
    written.writeHead(200, {})
    written.on('drain', () => told.push('drain'))
    told.push(written.write('x'.repeat(10)), written.write('x'.repeat(100_000)))
    written.end()
  })
  expect(told).toEqual([true, false])
  expect((await response.text()).length).toBe(100_010)
  expect(told).toContain('drain')
})

test('an answer of the same process breaks off as one over a network does, and its writer learns it', async () => {
  const leave = new AbortController()
  let cancelled = false
  const endless = new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(3)),
      cancel: () => {
        cancelled = true
      },
    }),
  )
  const reader = (await abortable(Promise.resolve(endless), leave.signal)).body!.getReader()
  expect((await reader.read()).value?.length).toBe(3)
  const next = reader.read()
  leave.abort(new Error('enough'))
  await expect(next).rejects.toThrow('enough')
  await Promise.resolve()
  expect(cancelled).toBe(true)
  await expect(abortable(new Promise(() => undefined), leave.signal)).rejects.toThrow('enough')
})

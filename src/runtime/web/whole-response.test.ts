import { describe, expect, test } from 'bun:test'
import { WholeResponse } from './whole-response.ts'

const TEXT = '{"text":"größe 🙂"}'
const INIT = { status: 200, headers: { 'content-type': 'application/json', 'x-id': 'fs_1' } }
const bytes = (): Uint8Array<ArrayBuffer> => new TextEncoder().encode(TEXT)

async function streamed(response: Response): Promise<string> {
  return new Response(response.body).text()
}

const READERS: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  bytes: (response) => response.bytes(),
  arrayBuffer: (response) => response.arrayBuffer(),
  blob: async (response) => {
    const blob = await response.blob()
    return [blob.type.replace(/;.*/, ''), await blob.text()]
  },
  body: streamed,
}

describe('a response whose body is here already', () => {
  test.each(Object.entries(READERS))('%s gives what any response’s does, once', async (_, read) => {
    const [whole, standard] = [new WholeResponse(bytes(), INIT), new Response(bytes(), INIT)]
    expect(whole.bodyUsed).toBe(false)
    expect(await read(whole)).toEqual(await read(standard))
    expect(whole.bodyUsed).toBe(true)
    await expect(whole.text()).rejects.toThrow(TypeError)
    expect(() => whole.clone()).toThrow(TypeError)
    expect([whole.body === null, whole.body?.locked]).toEqual([false, true])
  })

  test('is a response in all else', () => {
    const whole = new WholeResponse(bytes(), INIT)
    expect(whole).toBeInstanceOf(Response)
    expect([whole.ok, whole.status, whole.headers.get('x-id')]).toEqual([true, 200, 'fs_1'])
  })

  test('a clone is read on its own, also of one whose stream was asked for', async () => {
    const whole = new WholeResponse(bytes(), INIT)
    const clone = whole.clone()
    expect([await clone.text(), await whole.text(), clone.headers.get('x-id')]).toEqual([TEXT, TEXT, 'fs_1'])
    const opened = new WholeResponse(bytes(), INIT)
    expect(opened.body?.locked).toBe(false)
    const other = opened.clone()
    expect([await streamed(other), await streamed(opened)]).toEqual([TEXT, TEXT])
  })

  test('is not read behind a reader’s back, and gives nobody the bytes themselves', async () => {
    const whole = new WholeResponse(bytes(), INIT)
    const reader = whole.body?.getReader()
    await expect(whole.text()).rejects.toThrow(TypeError)
    reader?.releaseLock()
    const first = new WholeResponse(bytes(), INIT)
    const second = first.clone()
    const taken = await first.bytes()
    taken.fill(0)
    expect(await second.text()).toBe(TEXT)
  })
})

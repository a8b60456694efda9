import { expect, test } from 'bun:test'
import { InboundBody } from './inbound-body.ts'

test('what was made of a body is let go of and made again', () => {
  const text = '{"model":"m","messages":[{"role":"user","content":"Go."}]}'
  const parsed: object[] = []
  const body = new InboundBody(text, JSON.parse(text), (json) => {
    parsed.push(json)
    return { ok: false, problem: { field: 'messages', message: 'read' } }
  })
  const { json } = body
  expect(body.json).toBe(json)
  body.release()
  expect(body.json).not.toBe(json)
  expect(body.json).toEqual(json)
  expect(() => body.core()).toThrow('messages: read')
  expect(parsed).toEqual([json])
})

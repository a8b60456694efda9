import { expect, test } from 'bun:test'
import { DegradedLabel } from './label.ts'

const encoder = new TextEncoder()
const labelled = (text: string, ...more: readonly string[]): string => {
  const label = new DegradedLabel('model', 'fs_1')
  return [text, ...more].map((piece) => new TextDecoder().decode(label.events(encoder.encode(piece)))).join('')
}
const NOTE = '"fullstop":{"degraded":"model","exchange":"fs_1"}'

test('the first event of a stream says it, or the answer inside an event', () => {
  const chat = 'data: {"id":"a"}\n\n'
  expect(labelled(`: ping\n\n${chat}${chat}`, chat, 'data: [DONE]\n\n')).toBe(
    `: ping\n\ndata: {"id":"a",${NOTE}}\n\n${chat}${chat}data: [DONE]\n\n`,
  )
  const start = 'event: message_start\r\ndata: {"type":"message_start","message":{"id":"a"}}\r\n\r\n'
  const ping = 'event: ping\r\ndata: {"type":"ping"}\r\n\r\n'
  expect(labelled(ping + start + ping)).toBe(ping + start.replace('{"id":"a"}', `{"id":"a",${NOTE}}`) + ping)
  const created = 'data: {"type":"response.created","response":{"id":"a"}}\n\n'
  const delta = 'data: {"type":"response.output_text.delta","delta":"x"}\n\n'
  const completed = created.replace('created', 'completed')
  const inside = (event: string): string => event.replace('{"id":"a"}', `{"id":"a",${NOTE}}`)
  expect(labelled(created, delta, completed)).toBe(inside(created) + delta + inside(completed))
})

test('a text that looks like an event is none', () => {
  const event = `data: {"type":"ping","text":"\u2028data: {}\u2028"}\n\n`
  expect(labelled(event)).toBe(event)
})

test('what a call’s arguments or a text are named is theirs', () => {
  const first = 'data: {"candidates":[]}\n\n'
  const call =
    'data: {"candidates":[{"content":{"parts":[{"functionCall":{"args":{"message":{},"response":{}}}}]}}]}\n\n'
  expect(labelled(first + call)).toBe(`data: {"candidates":[],${NOTE}}\n\n${call}`)
})

test('a whole body says it beside its own fields; what is no object stays as it is', () => {
  const label = new DegradedLabel('cache', 'fs_1')
  const whole = (text: string): string => new TextDecoder().decode(label.whole(encoder.encode(text)))
  expect(JSON.parse(whole('{"id":"a"}'))).toEqual({ id: 'a', fullstop: { degraded: 'cache', exchange: 'fs_1' } })
  expect(whole('[1]')).toBe('[1]')
})

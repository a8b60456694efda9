import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { findJsonObject } from './json-answer.ts'

const TICKET = { ticket_id: '4471', reply: 'a "quoted" } brace and a \\ backslash' }
const JSON_TEXT = JSON.stringify(TICKET)

describe('findJsonObject', () => {
  test.each([
    ['alone', JSON_TEXT],
    ['indented', `\n${JSON.stringify(TICKET, null, 2)}\n`],
    ['fenced', '```json\n' + JSON_TEXT + '\n```'],
    ['fenced without a name', '```\n' + JSON_TEXT + '\n```'],
    ['in prose', `Here is the object you asked for: ${JSON_TEXT} I hope it helps :)`],
    ['in prose with braces', `The template {name} gives ${JSON_TEXT}.`],
    ['in prose with an apostrophe and a quote', `It's what "he" asked: ${JSON_TEXT}`],
  ])('finds the object %s', (_, text) => {
    expect(findJsonObject(text)).toEqual(TICKET)
  })

  test.each([
    ['nothing', ''],
    ['prose', 'I cannot do that.'],
    ['an array', `[${JSON_TEXT}]`],
    ['a string', JSON.stringify(JSON_TEXT)],
    ['two objects', `${JSON_TEXT}\n${JSON_TEXT}`],
    ['an example and the answer', 'For example {"ticket_id":"1"}. Here: ' + JSON_TEXT],
    ['an object that is cut off, with a whole one inside', `{"ticket": ${JSON_TEXT}, "sent`],
    ['an object that is not JSON, with one inside', `{'ticket': ${JSON_TEXT}}`],
    ['a cut string', JSON_TEXT.slice(0, 30)],
  ])('does not find %s', (_, text) => {
    expect(findJsonObject(text)).toBeUndefined()
  })

  test('an object cut anywhere is none; whole it is found, whatever it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, cut) => {
        const text = JSON.stringify(object)
        expect(findJsonObject(`Sure!\n${text}\n`)).toEqual(JSON.parse(text))
        expect(findJsonObject(text.slice(0, cut % text.length))).toBeUndefined()
      }),
    )
  })
})

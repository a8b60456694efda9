import { expect, test } from 'bun:test'
import { currentTurn } from './conversation.ts'
import type { ConversationEntry } from './conversation.ts'

const user = (text: string): ConversationEntry => ({ kind: 'user', text })
const assistant = (text: string): ConversationEntry => ({ kind: 'assistant', text })
const result = (text: string): ConversationEntry => ({ kind: 'result', text })
const call: ConversationEntry = { kind: 'call' }

test.each<[string, ConversationEntry[], string, number, string[]]>([
  ['nothing', [], '', 0, []],
  ['texts before the first answer', [user('a'), user('b')], 'a\nb', 0, []],
  ['a new question after an answer', [user('a'), assistant('b'), user('c')], 'c', 0, []],
  ['a call with its words before it', [user('a'), assistant('b'), call, result('r')], 'a', 1, ['r']],
  ['a reminder beside the result', [user('a'), call, result('r'), user('remember')], 'a\nremember', 1, ['r']],
  ['a second call', [user('a'), call, result('r'), assistant('b'), call, result('s')], 'a', 2, ['s']],
  ['calls made together', [user('a'), call, call, result('r'), result('s')], 'a', 2, ['r', 's']],
  ['a question after answered calls', [user('a'), call, result('r'), assistant('b'), user('c')], 'c', 0, []],
  ['a beginning of the answer', [user('a'), assistant('b')], 'a', 0, []],
])('the current turn of %s', (_name, entries, userText, callsMade, toolResults) => {
  expect(currentTurn(entries)).toEqual({ userText, callsMade, toolResults })
})

import { expect, test } from 'bun:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import {
  DEFERRED_ANSWERS,
  DEFERRED_ANSWERS_PER_CLIENT,
  DEFERRED_BYTES,
  DEFERRED_MS,
  DeferredAnswers,
  type KeptResponse,
} from './deferred-answers.ts'

const kept = (text: string, status = 200): KeptResponse => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: new TextEncoder().encode(text),
})
const tooLarge = (): KeptResponse => kept('too large', 502)

test('an answer is there for its own client, for an hour, however often it is asked for', async () => {
  const clock = new FakeClock()
  const deferred = new DeferredAnswers({ clock })
  deferred.begin('fs_1', 'mine')
  expect(deferred.poll('fs_1', 'mine').status).toBe(202)
  expect(() => deferred.poll('fs_1', 'yours')).toThrow('No answer of this id')
  deferred.settle('fs_1', kept('the answer'), tooLarge)
  deferred.settle('fs_1', kept('another'), tooLarge)
  for (let times = 0; times < 2; times++) expect(await deferred.poll('fs_1', 'mine').text()).toBe('the answer')
  expect(() => deferred.poll('fs_1', 'yours')).toThrow('No answer of this id')
  clock.advance(DEFERRED_MS - 1)
  expect(deferred.poll('fs_1', 'mine').status).toBe(200)
  clock.advance(1)
  expect(() => deferred.poll('fs_1', 'mine')).toThrow('No answer of this id')
})

test('one that is too large to be kept is an error, and nobody waits for ever', async () => {
  const deferred = new DeferredAnswers({ clock: new FakeClock() })
  deferred.begin('fs_1', 'mine')
  deferred.settle('fs_1', { ...kept(''), body: new Uint8Array(DEFERRED_BYTES) }, tooLarge)
  const response = deferred.poll('fs_1', 'mine')
  expect([response.status, await response.text()]).toEqual([502, 'too large'])
})

test('so many are waited for at once; of those that are there a client loses its own oldest', () => {
  const deferred = new DeferredAnswers({ clock: new FakeClock() })
  deferred.begin('fs_yours', 'yours')
  deferred.settle('fs_yours', kept('yours'), tooLarge)
  for (let i = 0; i <= DEFERRED_ANSWERS_PER_CLIENT; i++) {
    deferred.begin(`fs_${i}`, 'mine')
    deferred.settle(`fs_${i}`, kept('mine'), tooLarge)
  }
  expect(() => deferred.poll('fs_0', 'mine')).toThrow('No answer of this id')
  expect(deferred.poll('fs_1', 'mine').status).toBe(200)
  expect(deferred.poll('fs_yours', 'yours').status).toBe(200)
  for (let i = 0; i < DEFERRED_ANSWERS_PER_CLIENT; i++) deferred.begin(`fs_pending_${i}`, 'mine')
  expect(() => deferred.begin('fs_more', 'mine')).toThrow('are waited for already')
  for (let i = DEFERRED_ANSWERS_PER_CLIENT; i < DEFERRED_ANSWERS; i++)
    deferred.begin(`fs_pending_${i}`, `owner ${i % (DEFERRED_ANSWERS / DEFERRED_ANSWERS_PER_CLIENT - 1)}`)
  expect(() => deferred.begin('fs_more', 'another')).toThrow('are waited for already')
  deferred.settle('fs_pending_0', kept('mine'), tooLarge)
  deferred.begin('fs_more', 'mine')
})

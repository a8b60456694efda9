import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { isLoopback, parseBaseUrl } from './base-url.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { interpolate } from './interpolation.ts'
import { parseListen } from './listen.ts'
import { editDistance, nearestKey } from '../yaml/index.ts'

describe('durations', () => {
  test('have a unit', () => {
    expect(['250ms', '10s', '5m', '1h'].map(parseDuration)).toEqual([250, 10_000, 300_000, 3_600_000])
  })

  test('are refused without one, with a fraction, a sign or a space', () => {
    for (const text of ['', '10', '0s', '01s', '1.5s', '-1s', '1 s', '1S', '1d', '1m30s', '10s\n', '١s']) {
      expect([text, parseDuration(text)]).toEqual([text, undefined])
    }
  })

  test('are written in the largest unit that is exact', () => {
    expect([1, 1500, 90_000, 600_000, 7_200_000].map(formatDuration)).toEqual(['1ms', '1500ms', '90s', '10m', '2h'])
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), (ms) => parseDuration(formatDuration(ms)) === ms))
  })
})

describe('variables', () => {
  test('are put in once: a value that holds a reference stays as it is', () => {
    expect(interpolate('a${X}b${Y}', { X: '${Y}', Y: '$${' })).toEqual({
      ok: true,
      text: 'a${Y}b$${',
      names: ['X', 'Y'],
    })
  })

  test('leave a dollar alone', () => {
    expect(interpolate('$5 $NAME $', {})).toMatchObject({ ok: true, text: '$5 $NAME $' })
  })

  test('name everything that is missing, each once', () => {
    expect(interpolate('${A}${A}${B}${', { B: '' })).toEqual({
      ok: false,
      messages: [
        'the environment variable A is not set',
        'the environment variable B is set, but empty',
        'expected ${NAME} with a variable name of letters, digits and _ (write $${ for a plain ${)',
      ],
    })
  })
})

describe('the nearest key', () => {
  const keys = ['protocol', 'baseUrl', 'apiKey', 'completion', 'timeouts', 'contextWindow']

  test('is found through typing errors and other spellings', () => {
    expect(
      ['protcol', 'portocol', 'base_url', 'baseURL', 'api-key', 'timeout', 'context'].map((k) => nearestKey(k, keys)),
    ).toEqual(['protocol', 'protocol', 'baseUrl', 'baseUrl', 'apiKey', 'timeouts', undefined])
  })

  test('is none for a word that is far from all, short or endless', () => {
    expect(['x', 'banana', 'protocol'.repeat(100)].map((k) => nearestKey(k, keys))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(nearestKey('b', ['a'])).toBeUndefined()
  })

  test('rests on a distance that is symmetric, zero for equals alone and bounded by the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        const distance = editDistance(a, b)
        expect(editDistance(b, a)).toBe(distance)
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
    expect([editDistance('kitten', 'sitting'), editDistance('ab', 'ba'), editDistance('', 'abc')]).toEqual([3, 1, 3])
  })
})

describe('addresses', () => {
  test('of this machine are told from others', () => {
    const own = ['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '[::1]', '::1']
    const other = ['0.0.0.0', '::', 'localhost.example.com', '127.0.0.1.example.com', '10.0.0.1', 'evil-localhost']
    expect(own.filter((name) => !isLoopback(name))).toEqual([])
    expect(other.filter(isLoopback)).toEqual([])
  })

  test('lose their trailing slashes only', () => {
    const result = parseBaseUrl('https://x.example/a//')
    expect(result.ok && result.url.href).toBe('https://x.example/a')
  })

  test('to listen on have a host and a port', () => {
    expect(parseListen('localhost:0')).toEqual({ hostname: 'localhost', port: 0 })
    expect(parseListen('[::1]:65535')).toEqual({ hostname: '::1', port: 65_535 })
    for (const text of ['8788', ':8788', 'x', 'x:', '::1:80', 'x:65536', 'x:1.5', 'http://x:80']) {
      expect([text, parseListen(text)]).toEqual([text, undefined])
    }
  })
})

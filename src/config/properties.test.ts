import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { stringify } from 'yaml'
import { formatDuration, parseConfig, parseConfigObject, type ConfigResult } from './index.ts'

const secret = 'canary7f3a9c'

const snippet = fc.constantFrom(
  'providers',
  'models',
  'a',
  'protocol',
  'apiKey',
  'platforms',
  'fallbacks',
  'anthropic',
  'a/x',
  secret,
  '${KEY}',
  '${NOPE}',
  '$${',
  '10s',
  ': ',
  ':',
  '\n',
  '\n  ',
  '\n    ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  '"',
  "'",
  '|',
  '>',

  '&t ',
  '*t',
  '!!str ',
  '!x',
  '# ',
  '---\n',
  '%YAML 1.2\n',
  '? ',
  '<<: ',
  '__proto__',
  '\t',
  '\r\n',
  '\u0000',
  '\uFEFF',
  '🙂',
  '@',
  '`',
)

function check(text: string, result: ConfigResult): void {
  if (result.ok) return
  expect(result.problems.length).toBeGreaterThan(0)
  const lines = text.split('\n')
  let previous = { line: 0, column: 0 }
  for (const { line, column, message } of result.problems) {
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 2)
    expect(line > previous.line || (line === previous.line && column >= previous.column)).toBe(true)
    expect(message).not.toBe('')
    previous = { line, column }
  }
}

test('text that resembles YAML never throws, and each problem lies inside the text', () => {
  fc.assert(
    fc.property(fc.array(snippet, { maxLength: 40 }), (parts) => {
      const text = parts.join('')
      check(text, parseConfig(text, { source: 'f', env: { KEY: secret } }))
    }),
    { numRuns: 3000 },
  )
})

test('a valid file with one slip never throws and never shows the key in it', () => {
  const valid = `providers:\n  a: { protocol: anthropic, apiKey: ${secret}, baseUrl: "https://x.example/v1" }\n  b: { protocol: openai-chat, apiKey: "\${KEY}" }\nmodels:\n  m: { platforms: [a/x, b/y] }\n`
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(3), snippet, (at, cut, inserted) => {
      // A slip that drops the name `apiKey` or splits the key makes it another text, which is no longer known to be secret.
      if (inserted.includes(secret)) return
      const text = valid.slice(0, at) + inserted + valid.slice(at + cut)
      const result = parseConfig(text, { source: 'f', env: { KEY: secret } })
      check(text, result)
      if (text.includes(`apiKey: ${secret},`) && !result.ok) {
        expect(result.problems.map(({ message }) => message).join('\n')).not.toContain(secret)
      }
    }),
    { numRuns: 3000 },
  )
})

test('any object is read without throwing', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withBigInt: true }), (value) => {
      parseConfigObject(value, { env: {} })
      parseConfigObject({ providers: value, models: value, clients: { a: value } }, { env: {} })
    }),
    { numRuns: 500 },
  )
})

// A raw configuration together with what it must be read as, built side by side.
const name = fc
  .stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}$/)
  .filter((text) => text !== 'constructor' && text !== 'prototype')
const durationMs = fc.oneof(
  fc.integer({ min: 1, max: 86_400_000 }),
  fc.integer({ min: 1, max: 24 }).map((h) => h * 3_600_000),
)
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const timeouts = fc.record({ firstEvent: maybe(durationMs), idle: maybe(durationMs), total: maybe(durationMs) })

const provider = fc.record({
  protocol: fc.constantFrom('anthropic', 'openai-chat', 'openai-responses', 'gemini'),
  baseUrl: fc.constantFrom('https://x.example', 'https://y.example:8443/v1', 'http://127.0.0.1:1/a/b'),
  apiKey: maybe(fc.stringMatching(/^[\x21-\x7e]{1,20}$/).filter((key) => !/^\$\w+$/.test(key))),
  completion: fc.constantFrom('strict', 'finish-only'),
  timeouts,
  contextWindow: maybe(fc.integer({ min: 1, max: 1_000_000_000 })),
  limits: fc.record({
    concurrent: maybe(fc.integer({ min: 1, max: 100_000 })),
    requestsPerMinute: maybe(fc.integer({ min: 1, max: 1_000_000 })),
    tokensPerMinute: maybe(fc.integer({ min: 1, max: 1_000_000_000 })),
  }),
})
const policy = fc.record({
  profile: fc.constantFrom('prototype', 'batch', 'internal', 'customer'),
  delivery: fc.constantFrom('hold', 'guarded', 'live'),
  thinking: fc.constantFrom('hold', 'live'),
  attempts: fc.integer({ min: 1, max: 10 }),
  deadlineMs: durationMs,
  hedge: fc.constantFrom('off', 'p95'),
  replay: fc.constantFrom('on', 'off'),
  limited: fc.constantFrom('pass', 'continue', 'reroute', 'error'),
  toolArguments: fc.constantFrom('enforce', 'pass'),
  seam: fc.constantFrom('off', 'proven', 'instruct'),
  approval: fc.record({ timeoutMs: durationMs, onTimeout: fc.constant('reject') }),
})

const written = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : formatDuration(ms))
// What stands in the file means itself only when its `${` is escaped.
const escaped = (text: string | undefined): string | undefined => text?.replaceAll('${', '$$${')

test('a valid configuration is read as it was meant, from YAML and from an object', () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, provider, { minKeys: 1, maxKeys: 4 }),
      fc.uniqueArray(name, { maxLength: 5 }),
      policy,
      fc.dictionary(name, policy, { maxKeys: 3 }),
      fc.boolean(),
      (providers, modelNames, defaults, workflows, isFlow) => {
        const providerNames = Object.keys(providers)
        // Each model falls back to those after it: never a cycle.
        const models = modelNames.map((model, index) => ({
          name: model,
          platforms: providerNames.map((owner) => ({ provider: owner, model: `${model}/v${index}` })),
          fallbacks: modelNames.slice(index + 1),
          affinity: index % 2 === 0 ? 'session' : 'none',
        }))
        const toRaw = ({ deadlineMs, approval, ...rest }: typeof defaults): object => ({
          ...rest,
          deadline: written(deadlineMs),
          approval: { timeout: written(approval.timeoutMs), onTimeout: approval.onTimeout },
        })
        const raw = {
          providers: Object.fromEntries(
            Object.entries(providers).map(([key, value]) => [
              key,
              {
                ...value,
                apiKey: escaped(value.apiKey),
                timeouts: {
                  firstEvent: written(value.timeouts.firstEvent),
                  idle: written(value.timeouts.idle),
                  total: written(value.timeouts.total),
                },
              },
            ]),
          ),
          models: Object.fromEntries(
            models.map((model) => [
              model.name,
              { ...model, name: undefined, platforms: model.platforms.map((p) => `${p.provider}/${p.model}`) },
            ]),
          ),
          defaults: toRaw(defaults),
          workflows: Object.fromEntries(Object.entries(workflows).map(([key, value]) => [key, toRaw(value)])),
        }
        const text = stringify(raw, { collectionStyle: isFlow ? 'flow' : 'block', aliasDuplicateObjects: false })
        for (const result of [parseConfig(text, { source: 'f', env: {} }), parseConfigObject(raw, { env: {} })]) {
          if (!result.ok) throw new Error(JSON.stringify(result.problems))
          const { config } = result
          expect([...config.providers.keys()].sort()).toEqual(providerNames.sort())
          for (const [key, value] of Object.entries(providers)) {
            const found = config.providers.get(key)
            const href = value.baseUrl === 'https://x.example' ? 'https://x.example/' : value.baseUrl
            expect(found?.baseUrl.href).toBe(href)
            expect(found).toMatchObject({
              name: key,
              protocol: value.protocol as 'anthropic',
              apiKeys: value.apiKey === undefined ? [] : [value.apiKey],
              completion: value.completion as 'strict',
              contextWindow: value.contextWindow,
              limits: value.limits,
              timeouts: {
                firstEventMs: value.timeouts.firstEvent ?? 60_000,
                idleMs: value.timeouts.idle ?? 30_000,
                totalMs: value.timeouts.total ?? 600_000,
                declared: {
                  firstEvent: value.timeouts.firstEvent !== undefined,
                  idle: value.timeouts.idle !== undefined,
                },
              },
            })
          }
          for (const model of models) expect<unknown>(config.models.get(model.name)).toEqual(model)
          expect(config.models.size).toBe(models.length)
          const resolved = (each: typeof defaults): object => ({
            ...each,
            overloadControl: each.profile !== 'prototype',
            needsApproval: false,
          })
          expect<unknown>(config.defaults).toEqual(resolved(defaults))
          for (const [key, value] of Object.entries(workflows)) {
            expect<unknown>(config.workflows.get(key)).toEqual({
              name: key,
              model: undefined,
              degrade: undefined,
              ...resolved(value),
            })
          }
        }
      },
    ),
    { numRuns: 200 },
  )
})

import { describe, expect, test } from 'bun:test'
import { formatProblems, parseConfig, parseConfigObject } from './index.ts'

const keyHash = `sha256:${'ab'.repeat(32)}`
const env = { KEY: 'canary-7f3a9c', EMPTY: '', HASH: keyHash }
const minimal = 'providers:\n  a: { protocol: anthropic }\n'
const critical = `${minimal}clients: { shop: { keyHash: "sha256:${'a'.repeat(64)}" } }\napprovals: { approvers: { alice: { keyHash: "sha256:${'b'.repeat(64)}" } } }\n`

function problems(text: string): string[] {
  const result = parseConfig(text, { source: 'f.yaml', env })
  return result.ok ? [] : formatProblems(result.problems).split('\n')
}

const durations = 'a duration from 1ms to 24h such as 250ms, 10s, 5m or 1h'
const provider = (fields: string): string => `providers:\n  a: { protocol: anthropic, ${fields} }\n`
const chat = (fields: string): string => `providers:\n  a: { protocol: openai-chat, ${fields} }\n`
const model = (fields: string): string => `${minimal}models:\n  m: { ${fields} }\n`
const later = 'is known, but not available in this version yet'

const cases: readonly (readonly [name: string, text: string, ...expected: string[]])[] = [
  [
    'two words for what answers have to be',
    `${minimal}workflows:\n  w: { schema: a.json, expect: [id] }\n`,
    '4:24 workflows.w.expect: schema is set too; remove one of them',
  ],
  [
    'half an answer that is to meet something',
    `${minimal}workflows:\n  w: { expect: [id, id], limited: pass, delivery: live }\n`,
    '4:21 workflows.w.expect[1]: "id" stands in this list twice; remove one',
    '4:35 workflows.w.limited: half an answer does not meet expect; use "reroute" or "error"',
    '4:51 workflows.w.delivery: answers are kept until they meet expect; use "hold" or leave it out',
  ],
  [
    'a fixed answer that is not what answers have to be',
    `${minimal}workflows:\n  w: { expect: [id, note], degrade: { answer: '{"id": 1, "note": null}' } }\n  p: { expect: [id], degrade: { answer: Later. } }\n  g: { expect: [id], degrade: { answer: '{"id": 1}' } }\n`,
    '4:47 workflows.w.degrade.answer: it is not what answers of this workflow have to be: "note" is missing',
    '5:41 workflows.p.degrade.answer: answers of this workflow are JSON; expected JSON that meets its schema, got other words',
  ],
  [
    'a schema file where none is read',
    `${minimal}workflows:\n  w: { schema: a.json }\n`,
    '4:16 workflows.w.schema: schema files are not read here',
  ],
  ['an empty file', '', '1:1 expected a mapping, got nothing'],
  ['a list', '- a', '1:1 expected a mapping, got a list'],
  [
    'a byte order mark before it',
    '\uFEFFproviders: 5',
    '1:12 providers: expected a mapping of provider names, got the number 5',
  ],
  [
    'a user name in an address',
    provider('baseUrl: "https://canary@x.example"'),
    '2:38 providers.a.baseUrl: the address holds a user name or password; remove it and use apiKey',
  ],
  ['no providers', 'models: {}', '1:1 providers: "providers" is missing; expected a mapping of provider names'],
  ['empty providers', 'providers: {}', '1:1 providers: expected at least one provider, got none'],
  ['a key without a value', `${minimal}models:\n`, '3:1 models: expected a mapping of model names, got nothing'],
  ['bad YAML', 'providers:\n  a: "x\n', '3:1 not valid YAML: a text that begins with " has no second "'],
  ['a tab', `${minimal}models:\n\tm: 5\n\tn: 6\n`, '4:1 not valid YAML: a tab as indentation; use spaces'],
  [
    'a key without its colon',
    'providers:\n  a:\n    protocol: gemini\n    apiKey\n',
    '4:5 not valid YAML: expected "key: value", with a colon and a space',
  ],
  [
    'a list without its end',
    `${minimal}models:\n  m:\n    platforms: [a/x\n    fallbacks: [n]\n`,
    '6:5 not valid YAML: a list that begins with [ has no ] before this place',
  ],
  [
    'a key that is indented less than its neighbours',
    'providers:\n  a:\n   protocol: gemini\n    apiKey: k\n',
    '3:14 not valid YAML: a "key:" within a value; indent the keys of one mapping alike, or put the value in quotes',
  ],
  ['two documents', `${minimal}---\na: b\n`, '3:1 expected one YAML document, got several (separated by ---)'],
  [
    'a tag',
    provider('apiKey: !vault x'),
    '2:37 YAML tags other than !!str, !!int, !!float, !!bool and !!null are not supported (put a text that begins with ! in quotes)',
  ],
  ['a duplicate key', `${minimal}models: {}\nmodels: {}\n`, '4:1 models: "models" stands here twice (first on line 3)'],
  ['a list as a key', `${minimal}? [a]\n: b\n`, '3:3 a key must be a plain text'],
  ['a merge key', `${minimal}<<: {}\n`, '3:1 ["<<"]: YAML merge keys are not supported; write the keys out'],
  ['__proto__', `${minimal}__proto__: {}\n`, '3:1 __proto__: "__proto__" cannot be used as a name; choose another'],
  [
    'an unknown alias',
    provider('timeouts: *t'),
    '2:39 providers.a.timeouts: this alias names no anchor before it (put a text that begins with * in quotes)',
  ],
  ['an alias to itself', `${minimal}models: &m { x: *m }\n`, '3:17 models.x: this alias contains itself'],
  ['an unknown key', `${minimal}modles: {}\n`, '3:1 modles: unknown key "modles"; did you mean "models"?'],
  [
    'another spelling',
    provider('base_url: x'),
    '2:29 providers.a.base_url: unknown key "base_url"; did you mean "baseUrl"?',
  ],
  [
    'a key like no other',
    provider('timeouts: { zzz: 1s }'),
    '2:41 providers.a.timeouts.zzz: unknown key "zzz"; expected one of firstEvent, idle, total',
  ],
  [
    'a missing key',
    'providers:\n  a: {}\n',
    '2:3 providers.a.protocol: "protocol" is missing; expected one of anthropic, openai-chat, openai-responses, gemini',
  ],
  ['a wrong type', 'providers:\n  a: 5\n', '2:6 providers.a: expected a mapping, got the number 5'],
  [
    'a text for a list',
    model('platforms: a/x'),
    '4:19 models.m.platforms: expected a list of provider/model, got "a/x"',
  ],
  [
    'an unknown value',
    'providers:\n  a: { protocol: openai }\n',
    '2:18 providers.a.protocol: expected one of anthropic, openai-chat, openai-responses, gemini, got "openai"',
  ],
  [
    'a provider name with capitals',
    'providers:\n  Anthropic: { protocol: anthropic }\n',
    '2:3 providers.Anthropic: expected a provider name of a-z, 0-9, ".", "_" and "-"',
  ],
  [
    'a bare number as duration',
    provider('timeouts: { idle: 30 }'),
    `2:47 providers.a.timeouts.idle: expected ${durations}, got the number 30`,
  ],
  [
    'a duration of nothing',
    provider('timeouts: { idle: 0s }'),
    `2:47 providers.a.timeouts.idle: expected ${durations}, got "0s"`,
  ],
  [
    'a duration over a day',
    `${minimal}defaults: { deadline: 25h }`,
    `3:23 defaults.deadline: expected ${durations}, got "25h"`,
  ],
  [
    'a fraction of a token',
    provider('contextWindow: 1.5'),
    '2:44 providers.a.contextWindow: expected a whole number of tokens, got the number 1.5',
  ],
  [
    'no tokens',
    provider('contextWindow: 0'),
    '2:44 providers.a.contextWindow: expected at least 1 token, got the number 0',
  ],
  [
    'too few attempts',
    `${minimal}defaults: { attempts: 0 }`,
    '3:23 defaults.attempts: expected a whole number from 1 to 10, got the number 0',
  ],
  [
    'too many attempts',
    `${minimal}workflows: { w: { attempts: 11 } }`,
    '3:29 workflows.w.attempts: expected a whole number from 1 to 10, got the number 11',
  ],
  [
    'no address',
    provider('baseUrl: api.example.com'),
    '2:38 providers.a.baseUrl: expected an address with https:// or http://, such as https://api.example.com/v1, got something else',
  ],
  [
    'another scheme',
    provider('baseUrl: "ftp://x.example"'),
    '2:38 providers.a.baseUrl: expected an address that begins with https:// or http://, got another beginning',
  ],
  [
    'credentials in an address',
    provider('baseUrl: "https://u:canary-7f3a9c@x.example"'),
    '2:38 providers.a.baseUrl: the address holds a user name or password; remove it and use apiKey',
  ],
  [
    'a query',
    provider('baseUrl: "https://x.example/?"'),
    '2:38 providers.a.baseUrl: the address has a query (?…); remove it',
  ],
  [
    'a fragment',
    provider('baseUrl: "https://x.example/#"'),
    '2:38 providers.a.baseUrl: the address has a fragment (#…); remove it',
  ],
  [
    'an unencrypted key',
    provider('apiKey: "${KEY}", baseUrl: "http://x.example"'),
    '2:56 providers.a.baseUrl: the key would travel unencrypted to x.example; use https',
  ],
  [
    '/v1 where it does not belong',
    provider('baseUrl: https://api.anthropic.com/v1'),
    '2:38 providers.a.baseUrl: expected https://api.anthropic.com, got another path on that host',
  ],
  [
    'no /v1 where it belongs',
    chat('baseUrl: https://api.openai.com'),
    '2:40 providers.a.baseUrl: expected https://api.openai.com/v1, got another path on that host',
  ],
  [
    'a sentinel that the protocol does not have',
    provider('completion: sentinel-only'),
    '2:41 providers.a.completion: sentinel-only is for openai-chat alone: no other protocol has [DONE]; use strict or finish-only',
  ],
  [
    'an unset variable',
    provider('apiKey: "${NOPE}"'),
    '2:37 providers.a.apiKey: the environment variable NOPE is not set',
  ],
  [
    'an inherited name',
    provider('apiKey: "${toString}"'),
    '2:37 providers.a.apiKey: the environment variable toString is not set',
  ],
  [
    'an empty variable',
    provider('apiKey: "${EMPTY}"'),
    '2:37 providers.a.apiKey: the environment variable EMPTY is set, but empty',
  ],
  [
    'a variable as a shell writes it',
    provider('apiKey: $KEY'),
    '2:37 providers.a.apiKey: expected a key, got what a shell would take for a variable; write "${NAME}", with braces',
  ],
  [
    'a malformed variable',
    provider('apiKey: "${NO PE}"'),
    '2:37 providers.a.apiKey: expected ${NAME} with a variable name of letters, digits and _ (write $${ for a plain ${)',
  ],
  [
    'an unquoted variable in braces',
    'providers: { a: { protocol: anthropic, apiKey: ${KEY}, idle: 1 } }',
    '1:49 not valid YAML: Unexpected flow-map-start at node end (inside { } and [ ], write "${NAME}" with quotes)',
  ],
  [
    'a key with a space',
    provider('apiKey: "canary 7f"'),
    '2:37 providers.a.apiKey: expected a key without spaces or line breaks, got something else',
  ],
  [
    'a number as a key',
    provider('apiKey: 12345'),
    '2:37 providers.a.apiKey: expected a key without spaces or line breaks, got something else',
  ],
  [
    'no platforms',
    model('platforms: []'),
    '4:19 models.m.platforms: expected at least one provider/model, got an empty list',
  ],
  [
    'a platform without a provider',
    model('platforms: [x]'),
    '4:20 models.m.platforms[0]: expected provider/model, got "x"',
  ],
  [
    'an unknown provider',
    'providers: { anthropic: { protocol: anthropic } }\nmodels:\n  m: { platforms: [anthropic/x, antropic/y] }\n',
    '3:33 models.m.platforms[1]: expected the name of a declared provider, got "antropic/y"; did you mean "anthropic"?',
  ],
  [
    'a platform twice',
    model('platforms: [a/x, a/x]'),
    '4:25 models.m.platforms[1]: "a/x" stands in this list twice; remove one',
  ],
  [
    'an unknown fallback',
    model('platforms: [a/x], fallbacks: [gpt]'),
    '4:38 models.m.fallbacks[0]: expected the name of a declared model, got "gpt"; declared are m',
  ],
  [
    'a fallback to itself',
    model('platforms: [a/x], fallbacks: [m]'),
    '4:38 models.m.fallbacks[0]: the model "m" falls back to itself; remove it',
  ],
  [
    'a model named like a platform',
    `${minimal}models:\n  a/b: { platforms: [a/x] }\n`,
    '4:3 models["a/b"]: "a/" is how the models of provider "a" are addressed; choose a name without it',
  ],
  [
    'an unknown model in a workflow',
    `${minimal}workflows:\n  w: { model: b/x }\n`,
    '4:15 workflows.w.model: expected the name of a declared model, got "b/x"; no model is declared',
  ],
  [
    'an unknown workflow in a client',
    `${minimal}clients:\n  c: { keyHash: "${keyHash}", workflows: [w] }\n`,
    '4:104 clients.c.workflows[0]: expected the name of a declared workflow, got "w"; no workflow is declared',
  ],
  [
    'a key where its hash belongs',
    `${minimal}clients:\n  c: { keyHash: canary-7f3a9c }\n`,
    '4:17 clients.c.keyHash: expected sha256: and the 64 hexadecimal digits of the key’s SHA-256 (printf %s "$KEY" | sha256sum), got something else',
  ],
  [
    'two clients with one key',
    `${minimal}clients:\n  c: { keyHash: "${keyHash}" }\n  d: { keyHash: "${'${HASH}'}" }\n`,
    '5:17 clients.d.keyHash: this is the key of client "c" too; give each its own',
  ],
  [
    'a port too high',
    `${minimal}control: { listen: 127.0.0.1:70000 }`,
    '3:20 control.listen: expected host:port such as 127.0.0.1:8788 or "[::1]:8788", got "127.0.0.1:70000"',
  ],
  [
    'an open control plane',
    `${minimal}control: { listen: 0.0.0.0:8788 }`,
    '3:20 control.listen: the control plane would be open to the network; set control.keyHash or listen on 127.0.0.1',
  ],
  ['a later top-level key', `${minimal}storage: sqlite\n`, `3:1 storage: "storage" ${later}; remove it`],
  [
    'a half answer for models that answer anew',
    'providers: { a: { protocol: openai-responses, prefill: accepted } }',
    '1:56 providers.a.prefill: models of openai-responses answer a half answer anew instead of continuing it; use never',
  ],
  [
    'a rate of half a request',
    provider('limits: { requestsPerMinute: 0.5 }'),
    '2:58 providers.a.limits.requestsPerMinute: expected a whole number from 1 to 1000000, got the number 0.5',
  ],
  [
    'a limit of a client that is a word',
    `${minimal}clients:\n  c: { keyHash: "${keyHash}", limits: { tokensPerMinute: many } }\n`,
    '4:119 clients.c.limits.tokensPerMinute: expected a whole number from 1 to 1000000000, got "many"',
  ],
  [
    'a limit of a client that nobody knows',
    `${minimal}clients:\n  c: { keyHash: "${keyHash}", limits: { repeat: 3 } }\n`,
    '4:102 clients.c.limits.repeat: unknown key "repeat"; did you mean "repeats"?',
  ],
  [
    'a concurrency of none',
    provider('limits: { concurrent: 0 }'),
    '2:51 providers.a.limits.concurrent: expected a whole number from 1 to 100000, got the number 0',
  ],
  [
    'a replay that is neither on nor off',
    `${minimal}defaults: { replay: yes }\n`,
    '3:21 defaults.replay: expected one of on, off, got "yes"',
  ],
  [
    'no room for what is kept',
    `${minimal}replay: { megabytes: 0 }\n`,
    '3:22 replay.megabytes: expected a whole number from 1 to 4096, got the number 0',
  ],
  [
    'both forms of a key',
    provider('apiKey: a, apiKeys: [b, c]'),
    '2:40 providers.a.apiKeys: apiKey is set too; put all keys into apiKeys',
  ],
  [
    'a passthrough to a provider that is not there',
    `${minimal}passthrough: { files: nobody }`,
    '3:23 passthrough.files: expected the name of a declared provider, got "nobody"; declared are a',
  ],
  [
    'a passthrough of a family that nobody knows',
    `${minimal}passthrough: { dreams: a }`,
    '3:16 passthrough.dreams: unknown key "dreams"; expected one of files, batches, audio, images, moderations, completions, fine-tuning, vector-stores, containers, conversations',
  ],
  [
    'a passthrough to Gemini',
    'providers: { a: { protocol: gemini } }\npassthrough: { files: a }',
    '2:23 passthrough.files: expected a provider that speaks an OpenAI protocol or Anthropic’s, got one that speaks gemini',
  ],
  [
    'a profile that needs people whom nobody has named',
    `${minimal}defaults: { profile: critical }`,
    '3:22 defaults.profile: a person decides about each answer; name at least one under approvals.approvers',
    '3:22 defaults.profile: nobody may decide about what they asked for; give who asks a key under clients',
  ],
  [
    'critical answers that would be delivered before their approval',
    `${critical}workflows: { w: { profile: critical, delivery: live } }`,
    '5:48 workflows.w.delivery: critical delivers nothing before its approval; use "hold" or leave it out',
  ],
  [
    'critical answers that would be passed through unread',
    `${critical}defaults: { profile: critical }\npassthrough: { completions: a }`,
    '6:16 passthrough.completions: nobody would see its answers, and the default profile is critical; remove it',
  ],
  [
    'an approver with the key of a client',
    `${minimal}clients: { shop: { keyHash: "sha256:${'a'.repeat(64)}" } }\napprovals: { approvers: { alice: { keyHash: "sha256:${'A'.repeat(64)}" } } }`,
    '4:45 approvals.approvers.alice.keyHash: this is the key of client "shop" too; give each their own',
  ],
  [
    'a control plane with the key of a client, and an approver with its',
    `${minimal}clients: { shop: { keyHash: "sha256:${'a'.repeat(64)}" } }\ncontrol: { keyHash: "sha256:${'A'.repeat(64)}" }\napprovals: { approvers: { alice: { keyHash: "sha256:${'a'.repeat(64)}" } } }`,
    '4:21 control.keyHash: this is the key of client "shop" too; give each its own',
    '5:45 approvals.approvers.alice.keyHash: this is the key of client "shop" too; give each their own',
  ],
  [
    'an approver of a workflow that nobody has declared',
    `${minimal}approvals: { approvers: { alice: { keyHash: "sha256:${'b'.repeat(64)}", workflows: [gone] } } }`,
    '3:132 approvals.approvers.alice.workflows[0]: expected the name of a declared workflow, got "gone"; no workflow is declared',
  ],
  [
    'a webhook over an unencrypted connection, with a short secret',
    `${minimal}approvals: { webhook: { url: "http://ops.canary.example/", secret: canary } }`,
    '3:30 approvals.webhook.url: expected an address with https, or http on loopback, without user, password or fragment, got something else',
    '3:68 approvals.webhook.secret: expected a secret of 16 to 512 characters without spaces or line breaks, got something else',
  ],
  [
    'approvers of tenants that no client has',
    `${minimal}clients: { c: { keyHash: "sha256:${'c'.repeat(64)}", tenant: shop }, d: { keyHash: "sha256:${'d'.repeat(64)}" } }\napprovals: { approvers: { alice: { keyHash: "sha256:${'a'.repeat(64)}", tenants: [shop, shpo, elsewhere] } } }`,
    '4:136 approvals.approvers.alice.tenants[1]: expected the name of a declared tenant, got "shpo"; did you mean "shop"?',
    '4:142 approvals.approvers.alice.tenants[2]: expected the name of a declared tenant, got "elsewhere"; declared are shop',
  ],
  [
    'an approver of a tenant where no client has one',
    `${minimal}approvals: { approvers: { alice: { keyHash: "sha256:${'a'.repeat(64)}", tenants: [shop] } } }`,
    '3:130 approvals.approvers.alice.tenants[0]: expected the name of a declared tenant, got "shop"; no tenant is declared',
  ],
  [
    'a client’s tenant that could not be read, alone: an approver’s may be that one',
    `${minimal}clients: { c: { keyHash: "sha256:${'c'.repeat(64)}", tenant: "\${NOPE}" } }\napprovals: { approvers: { alice: { keyHash: "sha256:${'a'.repeat(64)}", tenants: [shop] } } }`,
    '3:109 clients.c.tenant: the environment variable NOPE is not set',
  ],
  [
    'an approver’s tenant, without telling a client’s that the environment holds',
    `${minimal}clients: { c: { keyHash: "sha256:${'c'.repeat(64)}", tenant: "\${KEY}" }, d: { keyHash: "sha256:${'d'.repeat(64)}", tenant: shop } }\napprovals: { approvers: { alice: { keyHash: "sha256:${'a'.repeat(64)}", tenants: [canari] } } }`,
    '4:130 approvals.approvers.alice.tenants[0]: expected the name of a declared tenant, got "canari"; declared are the value of ${KEY}, shop',
  ],
  [
    'a degradation to nothing, to its own model and to one that nobody knows',
    `${minimal}models: { m: { platforms: [a/x] } }\nworkflows: { v: { degrade: {} }, w: { model: m, degrade: { model: m } }, x: { degrade: { model: n } } }`,
    '4:28 workflows.v.degrade: expected cache, model or answer, got none',
    '4:67 workflows.w.degrade.model: this is the model that has failed then; name another',
    '4:97 workflows.x.degrade.model: expected the name of a declared model, got "n"; declared are m',
  ],
  [
    'a fixed answer after the time that nobody has written',
    `${minimal}workflows: { w: { approval: { onTimeout: answer } } }`,
    '3:42 workflows.w.approval.onTimeout: there is no answer to give; set degrade.answer, or use "reject"',
  ],
]

describe('a bad configuration is refused at its place:', () => {
  for (const [name, text, ...expected] of cases) {
    test(name, () => {
      const found = problems(text)
      expect(found).toEqual(expected.map((line) => `f.yaml:${line}`))
      expect(found.join('\n')).not.toContain('canary')
    })
  }

  const laterKeys = {
    '': ['governance', 'storage', 'state', 'telemetry'],
  }
  for (const [section, keys] of Object.entries(laterKeys)) {
    test(`keys of ${section === '' ? 'the root' : section} whose feature comes later`, () => {
      const result = parseConfigObject(
        section === ''
          ? Object.fromEntries(keys.map((key) => [key, 1]))
          : { [section]: { x: Object.fromEntries(keys.map((key) => [key, 1])) } },
        { env },
      )
      const text = result.ok ? '' : formatProblems(result.problems)
      for (const key of keys) expect(text).toContain(`"${key}" ${later}; remove it`)
    })
  }

  test('everything at once, in the order of the file', () => {
    const found = problems(
      'workflows: { w: { model: gone } }\nproviders:\n  a: { protocol: anthropic, apiKey: "${NOPE}", bogus: 1, timeouts: { idle: soon } }\nmodels:\n  m: { platforms: [b/x], fallbacks: [m] }\nstate: memory\n',
    )
    expect(found.map((line) => line.split(' ')[0])).toEqual([
      'f.yaml:1:26',
      'f.yaml:3:37',
      'f.yaml:3:48',
      'f.yaml:3:76',
      'f.yaml:5:20',
      'f.yaml:5:38',
      'f.yaml:6:1',
    ])
  })

  test('a value from the environment is named by its variable, never shown', () => {
    expect(problems(`${minimal}workflows: { w: { model: "\${KEY}" } }`)).toEqual([
      'f.yaml:3:26 workflows.w.model: expected the name of a declared model, got the value of ${KEY}; no model is declared',
    ])
  })

  test('a text that looks like a key is not shown wherever it stands', () => {
    const found = problems('providers: { a: { protocol: sk-canary-0123456789abcdef } }')
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('got something that looks like a key (not shown)')
  })

  test('YAML errors do not quote the source', () => {
    for (const text of [
      'a: "sk-canary',
      'a: |canary\n',
      'a: "\\q-canary"',
      'a: !canary b',
      '%canary\n---\n',
      '"a" canary: [',
      'a: @canary',
    ]) {
      const found = problems(text)
      expect(found.length).toBeGreaterThan(0)
      expect(found.join('\n')).not.toContain('canary')
    }
  })
})

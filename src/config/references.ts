import type { ProtocolName } from '../protocols/core/index.ts'
import { insecureKeyMessage, isLoopback, officialPathMessage, parseBaseUrl } from './base-url.ts'
import { officialBaseUrls } from './known-hosts.ts'
import { parseListen } from './listen.ts'
import { type DocumentPath as ConfigPath, nearestKey, type SourceTree } from '../yaml/index.ts'
import type { ConfigProblem } from './problem.ts'

/**
 * Checks what one value means for another: names that must exist, keys on unencrypted connections. It works on
 * the values as they were read and skips those of the wrong type, so that it finds its problems even where the schema
 * found others, and both are reported at once.
 */
export function checkReferences(tree: SourceTree): readonly ConfigProblem[] {
  const root = mapping(tree.root)
  const checks = new ReferenceChecks(tree, {
    providers: mapping(root['providers']),
    models: mapping(root['models']),
    workflows: mapping(root['workflows']),
    clients: mapping(root['clients']),
    control: mapping(root['control']),
    passthrough: mapping(root['passthrough']),
    approvals: mapping(root['approvals']),
    defaults: mapping(root['defaults']),
  })
  return checks.run()
}

type Mapping = Readonly<Record<string, unknown>>

interface Sections {
  readonly providers: Mapping
  readonly models: Mapping
  readonly workflows: Mapping
  readonly clients: Mapping
  readonly control: Mapping
  readonly passthrough: Mapping
  readonly approvals: Mapping
  readonly defaults: Mapping
}

class ReferenceChecks {
  readonly #tree: SourceTree
  readonly #sections: Sections
  readonly #problems: ConfigProblem[] = []

  constructor(tree: SourceTree, sections: Sections) {
    this.#tree = tree
    this.#sections = sections
  }

  run(): readonly ConfigProblem[] {
    const root = mapping(this.#tree.root)
    if (isMapping(root['providers']) && Object.keys(this.#sections.providers).length === 0) {
      this.#report(['providers'], 'key', 'expected at least one provider, got none')
    }
    for (const [name, value] of Object.entries(this.#sections.providers)) this.#provider(name, mapping(value))
    for (const [name, value] of Object.entries(this.#sections.models)) this.#model(name, mapping(value))
    for (const [name, value] of Object.entries(this.#sections.workflows)) this.#workflow(name, mapping(value))
    this.#policy(['defaults'], this.#sections.defaults)
    this.#keys()
    this.#clients()
    this.#control()
    this.#approvers()
    for (const [family, provider] of Object.entries(this.#sections.passthrough))
      if (typeof provider === 'string') this.#passthrough(provider, ['passthrough', family])
    return this.#problems
  }

  #provider(name: string, { protocol, baseUrl, apiKey, apiKeys, completion, prefill }: Mapping): void {
    const path = ['providers', name]
    if (typeof protocol === 'string' && protocol !== 'openai-chat' && completion === 'sentinel-only') {
      const message = 'sentinel-only is for openai-chat alone: no other protocol has [DONE]; use strict or finish-only'
      this.#report([...path, 'completion'], 'value', message)
    }
    if (protocol === 'openai-responses' && prefill === 'accepted') {
      const message = 'models of openai-responses answer a half answer anew instead of continuing it; use never'
      this.#report([...path, 'prefill'], 'value', message)
    }
    if (apiKey !== undefined && apiKeys !== undefined)
      this.#report([...path, 'apiKeys'], 'key', 'apiKey is set too; put all keys into apiKeys')
    this.#eachText(apiKeys, [...path, 'apiKeys'], () => undefined)
    const parsed = typeof baseUrl === 'string' ? parseBaseUrl(baseUrl) : undefined
    if (parsed?.ok !== true) return
    // A key whose variable is missing is a key all the same.
    const hasKey = apiKey !== undefined || apiKeys !== undefined
    const insecure = hasKey ? insecureKeyMessage(parsed.url) : undefined
    if (insecure !== undefined) this.#report([...path, 'baseUrl'], 'value', insecure)
    if (!isProtocol(protocol)) return
    const misplaced = officialPathMessage(protocol, parsed.url)
    if (misplaced !== undefined) this.#report([...path, 'baseUrl'], 'value', misplaced)
  }

  #model(name: string, { platforms, fallbacks }: Mapping): void {
    const path = ['models', name]
    const prefix = name.slice(0, Math.max(0, name.indexOf('/')))
    if (prefix !== '' && Object.hasOwn(this.#sections.providers, prefix)) {
      const message = `"${prefix}/" is how the models of provider "${prefix}" are addressed; choose a name without it`
      this.#report(path, 'key', message)
    }
    this.#eachText(platforms, [...path, 'platforms'], (text, at) => {
      const slash = text.indexOf('/')
      if (slash > 0) this.#known('provider', text.slice(0, slash), this.#sections.providers, at)
    })
    this.#eachText(fallbacks, [...path, 'fallbacks'], (text, at) => {
      if (text === name) this.#report(at, 'value', `the model "${name}" falls back to itself; remove it`)
      else this.#known('model', text, this.#sections.models, at)
    })
  }

  #workflow(name: string, workflow: Mapping): void {
    const { model, degrade, approval } = workflow
    const path = ['workflows', name]
    this.#policy(path, { profile: this.#sections.defaults['profile'], ...workflow })
    this.#shape(path, workflow)
    if (isMapping(degrade)) this.#degrade([...path, 'degrade'], degrade, model)
    if (mapping(approval)['onTimeout'] === 'answer' && mapping(degrade)['answer'] === undefined) {
      const message = 'there is no answer to give; set degrade.answer, or use "reject"'
      this.#report([...path, 'approval', 'onTimeout'], 'value', message)
    }
    if (typeof model === 'string') this.#servable(model, [...path, 'model'])
  }

  /** What its answers have to be, and what that rules out. */
  #shape(path: ConfigPath, { schema, expect, limited, delivery }: Mapping): void {
    if (schema !== undefined && expect !== undefined)
      this.#report([...path, 'expect'], 'key', 'schema is set too; remove one of them')
    this.#eachText(expect, [...path, 'expect'], () => undefined)
    const key = schema !== undefined ? 'schema' : expect !== undefined ? 'expect' : undefined
    if (key !== undefined && (limited === 'pass' || limited === 'continue'))
      this.#report([...path, 'limited'], 'value', `half an answer does not meet ${key}; use "reroute" or "error"`)
    if (key !== undefined && delivery === 'live')
      this.#report(
        [...path, 'delivery'],
        'value',
        `answers are kept until they meet ${key}; use "hold" or leave it out`,
      )
  }

  #servable(model: string, path: ConfigPath): void {
    const slash = model.indexOf('/')
    if (slash > 0 && Object.hasOwn(this.#sections.providers, model.slice(0, slash))) return
    this.#known('model', model, this.#sections.models, path)
  }

  #degrade(path: ConfigPath, degrade: Mapping, own: unknown): void {
    const { model } = degrade
    if (Object.keys(degrade).length === 0) this.#report(path, 'value', 'expected cache, model or answer, got none')
    if (typeof model !== 'string') return
    if (model === own) this.#report([...path, 'model'], 'value', 'this is the model that has failed then; name another')
    else this.#servable(model, [...path, 'model'])
  }

  /** What a profile promises and the rest of the configuration has to make possible. */
  #policy(path: ConfigPath, { profile, delivery }: Mapping): void {
    if (profile !== 'critical') return
    const { clients, approvals, passthrough } = this.#sections
    // A workflow may have it from the defaults, where it is reported.
    const at = [...path, 'profile']
    const isDefault = path[0] === 'defaults'
    const isOwn = isDefault || this.#sections.defaults['profile'] !== 'critical'
    if (isOwn && Object.keys(mapping(approvals['approvers'])).length === 0)
      this.#report(at, 'value', 'a person decides about each answer; name at least one under approvals.approvers')
    if (isOwn && Object.keys(clients).length === 0)
      this.#report(at, 'value', 'nobody may decide about what they asked for; give who asks a key under clients')
    if (delivery !== undefined && delivery !== 'hold')
      this.#report(
        [...path, 'delivery'],
        'value',
        'critical delivers nothing before its approval; use "hold" or leave it out',
      )
    if (!isDefault) return
    for (const family of UNSEEN_ANSWERS)
      if (passthrough[family] !== undefined)
        this.#report(
          ['passthrough', family],
          'key',
          'nobody would see its answers, and the default profile is critical; remove it',
        )
  }

  #approvers(): void {
    const tenants = this.#tenants()
    for (const [name, value] of Object.entries(mapping(this.#sections.approvals['approvers']))) {
      const { tenants: seen, workflows } = mapping(value)
      const path = ['approvals', 'approvers', name]
      this.#eachText(seen, [...path, 'tenants'], (text, at) => {
        if (tenants !== undefined) this.#known('tenant', text, tenants.all, at, tenants.names)
      })
      this.#eachText(workflows, [...path, 'workflows'], (text, at) => {
        this.#known('workflow', text, this.#sections.workflows, at)
      })
    }
  }

  /** Those of the clients, and there are no others; `undefined` where one of them could not be read. */
  #tenants(): { readonly all: Mapping; readonly names: readonly string[] } | undefined {
    const all: string[] = []
    const names = new Set<string>()
    for (const [name, value] of Object.entries(this.#sections.clients)) {
      const { tenant } = mapping(value)
      const path = ['clients', name, 'tenant']
      if (tenant === undefined) continue
      if (typeof tenant !== 'string' || this.#tree.isBroken(path)) return undefined
      all.push(tenant)
      // One from the environment is told by its variable.
      const { shown } = this.#tree.locate(path)
      names.add(shown === JSON.stringify(tenant) ? tenant : shown)
    }
    return { all: Object.fromEntries(all.map((tenant) => [tenant, true])), names: [...names] }
  }

  /** A key tells who somebody is: who calls, who runs the gateway and who approves. */
  #keys(): void {
    const owners = new Map<string, string>()
    const claim = (value: unknown, owner: string, path: ConfigPath, whose: 'its' | 'their' = 'its'): void => {
      const { keyHash } = mapping(value)
      if (typeof keyHash !== 'string') return
      const hash = keyHash.toLowerCase()
      const known = owners.get(hash)
      if (known === undefined) owners.set(hash, owner)
      else this.#report([...path, 'keyHash'], 'value', `this is the key of ${known} too; give each ${whose} own`)
    }
    for (const [name, value] of Object.entries(this.#sections.clients))
      claim(value, `client "${name}"`, ['clients', name])
    claim(this.#sections.control, 'the control plane', ['control'])
    for (const [name, value] of Object.entries(mapping(this.#sections.approvals['approvers'])))
      claim(value, `approver "${name}"`, ['approvals', 'approvers', name], 'their')
  }

  #clients(): void {
    for (const [name, value] of Object.entries(this.#sections.clients))
      this.#eachText(mapping(value)['workflows'], ['clients', name, 'workflows'], (text, at) => {
        this.#known('workflow', text, this.#sections.workflows, at)
      })
  }

  #control(): void {
    const { listen, keyHash } = this.#sections.control
    const address = typeof listen === 'string' ? parseListen(listen) : undefined
    if (address === undefined || keyHash !== undefined || isLoopback(address.hostname)) return
    const message = 'the control plane would be open to the network; set control.keyHash or listen on 127.0.0.1'
    this.#report(['control', 'listen'], 'value', message)
  }

  #passthrough(provider: string, path: ConfigPath): void {
    this.#known('provider', provider, this.#sections.providers, path)
    if (mapping(this.#sections.providers[provider])['protocol'] !== 'gemini') return
    this.#report(
      path,
      'value',
      'expected a provider that speaks an OpenAI protocol or Anthropic’s, got one that speaks gemini',
    )
  }

  /** `names`: as they may be told. */
  #known(
    kind: string,
    name: string,
    known: Mapping,
    path: ConfigPath,
    names: readonly string[] = Object.keys(known),
  ): void {
    if (Object.hasOwn(known, name)) return
    const near = nearestKey(name, names)
    const declared = names.length === 0 ? `no ${kind} is declared` : `declared are ${names.slice(0, 10).join(', ')}`
    const shown = this.#tree.locate(path).shown
    const hint = near === undefined ? declared : `did you mean "${near}"?`
    this.#report(path, 'value', `expected the name of a declared ${kind}, got ${shown}; ${hint}`)
  }

  /** Visits the texts of a list; one that stands there twice is reported the second time. */
  #eachText(value: unknown, path: ConfigPath, visit: (text: string, at: ConfigPath) => void): void {
    if (!Array.isArray(value)) return
    const seen = new Set<string>()
    for (const [index, item] of value.entries()) {
      if (typeof item !== 'string') continue
      const at = [...path, index]
      if (seen.has(item))
        this.#report(at, 'value', `${this.#tree.locate(at).shown} stands in this list twice; remove one`)
      else visit(item, at)
      seen.add(item)
    }
  }

  #report(path: ConfigPath, at: 'key' | 'value', message: string): void {
    if (!this.#tree.isBroken(path)) this.#problems.push(this.#tree.problem(path, at, message))
  }
}

/** Calls whose answers are a model's, and which are passed through unread. */
const UNSEEN_ANSWERS = ['completions', 'batches'] as const

function isProtocol(value: unknown): value is ProtocolName {
  return typeof value === 'string' && Object.hasOwn(officialBaseUrls, value)
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {}
}

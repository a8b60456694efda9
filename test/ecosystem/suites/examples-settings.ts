import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Process, startGateway, startSimulatedProviders, withoutKeys } from '../gateway-process.ts'
import { startInSituation } from './examples/gateways.ts'
import { problemsOf } from './examples/n8n.ts'
import { EXAMPLES_FOLDER } from './examples/run.ts'

const PACKAGES = fileURLToPath(new URL('../node_modules', import.meta.url))
const CODEX = join(PACKAGES, '@openai/codex/bin/codex.js')
const CLAUDE = join(PACKAGES, `@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`)
if (!existsSync(CLAUDE))
  console.warn('NOTICE: Claude Code has no program for this system here: its settings are not run')

const PROMPT = 'Say hello. [[say:Hello through Fullstop.]]'
const PATIENCE_MS = 60_000

describe('settings of command-line agents', () => {
  let providers: Process
  let gateway: Process
  let folder: string
  before(async () => {
    providers = await startSimulatedProviders()
    gateway = await startInSituation(providers.url, { title: '', first: '', others: '', delivery: 'live' })
    folder = await mkdtemp(join(tmpdir(), 'fullstop-settings-'))
    await mkdir(join(folder, 'home'))
  })
  after(async () => {
    await gateway.stop()
    await providers.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Puts a file of the examples there, with this gateway's address in the place of the usual one. */
  async function install(from: string, to: string): Promise<void> {
    const text = await readFile(join(EXAMPLES_FOLDER, from), 'utf8')
    ok(text.includes('http://127.0.0.1:8787'))
    await writeFile(join(folder, to), text.replace('http://127.0.0.1:8787', gateway.url))
  }

  /** Runs a program to its end, at home in the folder; rejects where it fails. */
  function run(program: string, options: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    const home = join(folder, 'home')
    return new Promise((resolve, reject) => {
      const settings = { cwd: folder, env: { ...withoutKeys(process.env), HOME: home, ...env }, timeout: PATIENCE_MS }
      const child = execFile(program, options, settings, (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new Error(`${error.message}\n${stderr}`))
      })
      child.stdin?.end()
    })
  }

  test('codex/config.toml: Codex knows every key of it, and answers through the gateway', async () => {
    await install('codex/config.toml', 'home/config.toml')
    const options = [CODEX, 'exec', '--strict-config', '--skip-git-repo-check', PROMPT]
    const said = await run(process.execPath, options, { CODEX_HOME: join(folder, 'home'), FULLSTOP_KEY: 'unused' })
    equal(said.trim(), 'Hello through Fullstop.')
  })

  test(
    'claude-code/settings.json: Claude Code answers through the gateway',
    { skip: !existsSync(CLAUDE) },
    async () => {
      await install('claude-code/settings.json', 'settings.json')
      const said = await run(CLAUDE, ['--settings', join(folder, 'settings.json'), '-p', PROMPT], {})
      match(said, /^Hello through Fullstop\.$/m)
    },
  )

  test(
    'claude-code/settings.json: Claude Code has a use for every variable',
    { skip: !existsSync(CLAUDE) },
    async () => {
      const { env } = JSON.parse(await readFile(join(EXAMPLES_FOLDER, 'claude-code/settings.json'), 'utf8'))
      const names = Object.keys(env)
      ok(names.length > 0)
      const program = await readFile(CLAUDE)
      deepEqual(
        names.filter((name) => !program.includes(name)),
        [],
      )
    },
  )
})

describe('n8n/workflow.json', () => {
  test('has only nodes, parameters and connections that n8n knows', async () => {
    const workflow = JSON.parse(await readFile(join(EXAMPLES_FOLDER, 'n8n/workflow.json'), 'utf8'))
    deepEqual(problemsOf(workflow), [])
  })

  test('would be found wrong if it had others', async () => {
    const text = await readFile(join(EXAMPLES_FOLDER, 'n8n/workflow.json'), 'utf8')
    const wrong: readonly (readonly [string, string])[] = [
      ['lmChatOpenAi', 'lmChatNobody'],
      ['"typeVersion": 1.7', '"typeVersion": 0.7'],
      ['needsFallback', 'needsNothing'],
      ['maxTokensToSample', 'maxTokens'],
      ['"openAiApi"', '"anthropicApi"'],
      ['"node": "Write the reply", "type": "main"', '"node": "Nobody", "type": "main"'],
      ['"ai_outputParser": [[', '"ai_tool": [['],
    ]
    for (const [from, to] of wrong) {
      ok(text.includes(from))
      equal(problemsOf(JSON.parse(text.replace(from, to))).length, 1, `${from} → ${to}`)
    }
    const { id: _, ...nameless } = JSON.parse(text)
    throws(() => problemsOf(nameless), /"id"/)
  })

  test('its reply is what reply.schema.json asks for, and a reply that is not is an error', async () => {
    const { nodes } = JSON.parse(await readFile(join(EXAMPLES_FOLDER, 'n8n/workflow.json'), 'utf8'))
    const parametersOf = (name: string) =>
      nodes.find((node: { readonly name: string }) => node.name === name)?.parameters
    const { text } = parametersOf('Write the reply')
    const providers = await startSimulatedProviders()
    const gateway = await startGateway({
      providers: { one: { protocol: 'anthropic', baseUrl: `${providers.url}/trainium`, apiKey: 'k' } },
      models: { 'sim-sonnet': { platforms: ['one/sim-sonnet'] } },
      workflows: {
        'support-replies': { profile: 'customer', schema: join(EXAMPLES_FOLDER, 'n8n/reply.schema.json') },
      },
    })
    const ask = (content: string): Promise<Response> =>
      fetch(`${gateway.url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-fullstop-workflow': 'support-replies' },
        body: JSON.stringify({ model: 'sim-sonnet', max_tokens: 1000, messages: [{ role: 'user', content }] }),
      })
    try {
      const answer = await ask(text)
      equal(answer.status, 200)
      const { content } = (await answer.json()) as { readonly content: readonly { readonly text: string }[] }
      const { output } = JSON.parse(content[0]?.text ?? '')
      // What n8n's own parser wants inside `output`.
      const { required } = JSON.parse(parametersOf('What a reply has to have').inputSchema)
      deepEqual(Object.keys(output), required)

      const wrong = await ask(text.replace('"sentiment"', '"mood"'))
      equal(wrong.status, 502)
      match(await wrong.text(), /schema-violation/)
    } finally {
      await gateway.stop()
      await providers.stop()
    }
  })
})

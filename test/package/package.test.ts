import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { chat, message, overloaded } from '../in-process/upstreams.ts'
import { sse, startUpstream, type UpstreamHandler } from '../support/upstream.ts'
import { type Consumer, filesOf, installPackage, ROOT, run, succeed, writeTypesProject } from './consumer.ts'

const TSC = join(ROOT, 'node_modules/.bin/tsc')
const TICKET = { ticket_id: '4471', sentiment: 'frustrated', reply: 'Your order shipped today.' }

let consumer: Consumer
beforeAll(async () => {
  consumer = await installPackage()
}, 120_000)
afterAll(() => rmSync(consumer.directory, { recursive: true, force: true }))

describe('what is packed', () => {
  test('is a clean build and these files, byte for byte, and nothing else', async () => {
    const built = mkdtempSync(join(tmpdir(), 'fullstop-build-'))
    await succeed([TSC, '-p', 'tsconfig.build.json', '--outDir', built], ROOT)
    const own = ['ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'bin/fullstop', 'package.json']
    const expected = new Map([
      ...own.map((file): [string, string] => [file, join(ROOT, file)]),
      ...filesOf(built).map((file): [string, string] => [`dist/${file}`, join(built, file)]),
    ])
    const packed = filesOf(consumer.installed)
    expect(packed).toEqual([...expected.keys()].toSorted())
    const different = packed.filter(
      (file) => !readFileSync(join(consumer.installed, file)).equals(readFileSync(expected.get(file) ?? '')),
    )
    expect(different).toEqual([])
    rmSync(built, { recursive: true })
  })

  test('brings four small dependencies, and neither a runtime nor anything of the tests', () => {
    const lock = JSON.parse(readFileSync(join(consumer.directory, 'node_modules/.package-lock.json'), 'utf8'))
    const { dependencies } = lock.packages['node_modules/fullstop']
    expect(Object.keys(dependencies)).toEqual(['ajv', 'commander', 'yaml', 'zod'])
    const all = filesOf(consumer.installed).filter((file) => /\.test\.|(^|\/)test\//.test(file))
    expect(all).toEqual([])
    expect(Object.keys(lock.packages).filter((name) => /\/bun$|@oven/.test(name))).toEqual([])
  })
})

describe.each([
  ['Node', ['node', '--test']],
  ['Bun', [process.execPath, 'test']],
] as const)('on %s (Deno: test/ecosystem/suites/deno.ts)', (_, command) => {
  test('official SDKs: answers, streams, failing over, broken streams, aborts', async () => {
    const { code, output } = await run([...command, './sdks.mjs'], consumer.directory)
    expect(code, output).toBe(0)
  })

  test('generate', async () => {
    const { code, output } = await run([...command, './generate.mjs'], consumer.directory)
    expect(code, output).toBe(0)
  })
})

describe('the examples, on Node', () => {
  test('ticket.mjs: what one provider leaves out another says, and the process ends by itself', async () => {
    const output = await runExample('ticket.mjs', chat(JSON.stringify(TICKET)), message('{"ticket_id": "4471"}'))
    expect(output).toContain(TICKET.reply)
  })

  test('ticket.mjs is what the README shows', () => {
    const [example = ''] = readFileSync(join(ROOT, 'examples/in-process/ticket.mjs'), 'utf8')
      .split(/^(?=import)/m)
      .slice(1)
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`\`\`js\n${example}\`\`\``)
  })

  test('chat.mjs: a stream of one provider for an SDK of another', async () => {
    const stream: UpstreamHandler = (_, response) => sse(response, MESSAGES_EVENTS.map(toSse).join(''))
    expect(await runExample('chat.mjs', overloaded, stream)).toContain('All is well.')
  })

  async function runExample(file: string, onOpenAi: UpstreamHandler, onAnthropic: UpstreamHandler): Promise<string> {
    const openai = await startUpstream(onOpenAi)
    const anthropic = await startUpstream(onAnthropic)
    const { code, output } = await run(['node', file], consumer.directory, {
      ...process.env,
      OPENAI_BASE_URL: `${openai.url}/v1`,
      OPENAI_API_KEY: 'k',
      ANTHROPIC_BASE_URL: anthropic.url,
      ANTHROPIC_API_KEY: 'k',
    })
    await Promise.all([openai.stop(), anthropic.stop()])
    expect(code, output).toBe(0)
    return output
  }
})

describe('the types', () => {
  const node = { lib: ['es2022'], types: ['node'] }
  const browser = { lib: ['es2022', 'dom', 'dom.iterable'], types: [] }
  test.each([
    ['nodenext with Node’s types', { module: 'nodenext', ...node }],
    ['nodenext with the DOM’s', { module: 'nodenext', ...browser }],
    ['bundler with Node’s types', { module: 'esnext', moduleResolution: 'bundler', ...node }],
    ['bundler with the DOM’s', { module: 'esnext', moduleResolution: 'bundler', ...browser }],
  ])('are right under %s, strictly and with no library left unchecked', async (name, options) => {
    const { code, output } = await run([TSC, '-p', writeTypesProject(consumer, 'types.ts', name, options)], ROOT)
    expect(code, output).toBe(0)
  })

  test('fit the official SDKs', async () => {
    const project = writeTypesProject(consumer, 'sdk-types.ts', 'sdks', {
      module: 'nodenext',
      ...node,
      skipLibCheck: true,
    })
    const { code, output } = await run([TSC, '-p', project], ROOT)
    expect(code, output).toBe(0)
  })
})

describe('the command', () => {
  test('says what it lacks where there is no Bun', async () => {
    // Nothing but Node and what the script needs of the system.
    const path = join(consumer.directory, 'path')
    mkdirSync(path)
    for (const name of ['node', 'sh', 'readlink', 'dirname']) symlinkSync(Bun.which(name) ?? '', join(path, name))
    const { code, output } = await run([COMMAND, 'check'], consumer.directory, { PATH: path })
    expect(output).toContain('npm i bun')
    expect(code).toBe(2)
  })

  test('runs on a Bun that is there: from the build, with its own version and no sources', async () => {
    const path = `${dirname(process.execPath)}:${process.env['PATH']}`
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const { code, output } = await run([COMMAND, '--version'], consumer.directory, { ...process.env, PATH: path })
    expect({ code, output: output.trim() }).toEqual({ code: 0, output: version })
    writeFileSync(join(consumer.directory, 'fullstop.yaml'), 'providers: { a: { protocol: anthropic } }\n')
    const check = await run([COMMAND, 'check'], consumer.directory, { ...process.env, PATH: path })
    expect(check).toMatchObject({ code: 0, output: expect.stringContaining('fullstop.yaml is good') })
  })
})

const COMMAND = 'node_modules/.bin/fullstop'

const MESSAGES_EVENTS = [
  {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'served',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'All is well.' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 4 } },
  { type: 'message_stop' },
] as const

function toSse(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const folder = mkdtempSync(join(tmpdir(), 'fullstop-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

// The keys of whoever runs the tests must not decide what `start` serves.
const BARE_ENVIRONMENT = { PATH: process.env.PATH ?? '', HOME: folder }

interface Finished {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function fullstop(args: readonly string[]): Promise<Finished> {
  const child = Bun.spawn([join(ROOT, 'bin/fullstop'), ...args], {
    cwd: folder,
    env: BARE_ENVIRONMENT,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, err }
}

/** A running `fullstop start`, what it has printed, and a way to wait for a line. */
function starting(args: readonly string[]): {
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly signal: (name: 'SIGTERM' | 'SIGHUP') => void
  readonly exited: Promise<number>
} {
  const child = Bun.spawn([join(ROOT, 'bin/fullstop'), 'start', '--port', '0', ...args], {
    cwd: folder,
    env: BARE_ENVIRONMENT,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let printed = ''
  const waiting = new Set<() => void>()
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const piece of stream) {
      printed += decoder.decode(piece, { stream: true })
      for (const check of waiting) check()
    }
  }
  void read(child.stdout)
  void read(child.stderr)
  return {
    until: (pattern) =>
      new Promise((resolve) => {
        const check = (): void => {
          const match = pattern.exec(printed)
          if (match === null) return
          waiting.delete(check)
          printed = printed.slice(match.index + match[0].length)
          resolve(match)
        }
        waiting.add(check)
        check()
      }),
    signal: (name) => child.kill(name),
    exited: child.exited,
  }
}

const config = (upstream: string, model: string): string =>
  `providers:\n  a: { protocol: openai-chat, baseUrl: "${upstream}/v1" }\nmodels:\n  ${model}: { platforms: [a/x] }\n`

describe('fullstop start', () => {
  test('without keys serves simulated providers, says so, and what it prints works', async () => {
    const server = starting([])
    const url = (await server.until(/serving on (\S+)/))[1] ?? ''
    await server.until(/SIMULATED providers/)
    const commands = (await server.until(/curl -N [\s\S]*?\}'/))[0]
    const run = Bun.spawn(['sh', '-c', commands.replace('curl -N', 'curl -sN')], {
      stdout: 'pipe',
      env: BARE_ENVIRONMENT,
    })
    expect(await new Response(run.stdout).text()).toContain('event: message_stop')
    const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] }
    expect(models.data.map(({ id }) => id)).toContain('sim-sonnet')
    server.signal('SIGTERM')
    expect(await server.exited).toBe(0)
  })

  test('reloads a changed file, and keeps the good one when the change is bad', async () => {
    const path = join(folder, 'reload.yaml')
    writeFileSync(path, config('http://127.0.0.1:9', 'first'))
    const server = starting(['--config', path])
    const url = (await server.until(/serving on (\S+)/))[1] ?? ''
    const names = async (): Promise<string[]> =>
      ((await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] }).data.map(({ id }) => id)
    expect(await names()).toEqual(['first'])
    writeFileSync(path, config('http://127.0.0.1:9', 'second'))
    await server.until(/reloaded/)
    expect(await names()).toEqual(['second'])
    writeFileSync(path, 'providers:\n  a: { protocl: anthropic }\n')
    const complaint = await server.until(/:2:8[^\n]*/)
    expect(complaint[0]).toContain('protocol')
    expect(await names()).toEqual(['second'])
    server.signal('SIGHUP')
    await server.until(/stays/)
    server.signal('SIGTERM')
    expect(await server.exited).toBe(0)
  })

  test('refuses to listen to the network without client keys', async () => {
    const { code, err } = await fullstop(['start', '--host', '0.0.0.0', '--port', '0'])
    expect(code).toBe(2)
    expect(err).toContain('client keys')
  })

  test('says what is wrong with a configuration, and does not start', async () => {
    const path = join(folder, 'bad.yaml')
    writeFileSync(path, 'providers:\n  a: { protocol: anthropic, apiKey: "${NO_SUCH_KEY}" }\n')
    const { code, err } = await fullstop(['start', '--config', path])
    expect(code).toBe(2)
    expect(err).toMatch(/bad\.yaml:2:\d+.*NO_SUCH_KEY/)
  })
})

describe('commands', () => {
  test('check: good, bad, and as JSON', async () => {
    const path = join(folder, 'check.yaml')
    writeFileSync(path, config('http://127.0.0.1:9', 'm'))
    expect(await fullstop(['check', '--config', path])).toMatchObject({ code: 0 })
    writeFileSync(path, 'governance: { gate: enforce }\n')
    const bad = await fullstop(['check', '--config', path, '--json'])
    expect(bad.code).toBe(2)
    const report = JSON.parse(bad.out) as { ok: boolean; problems: { line: number; column: number; message: string }[] }
    expect(report.ok).toBe(false)
    expect(report.problems[0]).toMatchObject({
      line: 1,
      column: 1,
      message: expect.stringContaining('not available in this version yet'),
    })
  })

  test('check: where nobody goes on behind a limit', async () => {
    const path = join(folder, 'limited.yaml')
    writeFileSync(
      path,
      `providers:
  a: { protocol: anthropic, apiKey: k, prefill: accepted }
  b: { protocol: openai-chat, apiKey: k, prefill: accepted }
models:
  old: { platforms: [a/claude-sonnet-4-5], fallbacks: [gpt] }
  new: { platforms: [a/claude-sonnet-4-6] }
  gpt: { platforms: [b/gpt-4o] }
defaults: { limited: continue }
workflows:
  letters: { model: old }
  essays: { model: a/claude-sonnet-4-5 }
  told: { model: new, seam: instruct }
  held: { model: new, seam: instruct, delivery: hold }
  once: { model: a/claude-sonnet-4-5, attempts: 1 }
  watched: { model: a/claude-sonnet-4-5, delivery: live }
  passed: { model: new, limited: pass }
`,
    )
    const { code, out } = await fullstop(['check', '--config', path])
    const because = 'no platform there has both prefill: accepted and a model that continues, and seam is not instruct.'
    expect([code, out.match(/^  .*: continue .*$/gm)]).toEqual([
      0,
      [
        `  no workflow: continue goes on with no answer of new, gpt: ${because}`,
        `  letters: continue goes on with no answer of gpt: ${because}`,
        '  once: continue does nothing: going on takes another attempt, and attempts is 1.',
        '  watched: continue goes on only with answers that are not streamed: streams have delivery: live.',
      ],
    ])
    // It goes on under `hold` too, as it is told.
    expect(out).toMatch(/held +prototype +hold +.* instruct +continue/)
  })

  test('check: what every workflow comes to, and what would suit it', async () => {
    const path = join(folder, 'policies.yaml')
    writeFileSync(join(folder, 'answer.json'), '{ "type": "object" }')
    writeFileSync(
      path,
      `${config('http://127.0.0.1:9', 'm')}defaults: { profile: customer }
workflows:
  replies: { model: m, schema: ./answer.json }
  invoices: { profile: prototype, model: m, value: { currency: EUR, amount: 2.5, per: run } }
  once: { attempts: 1 }
  watched: { delivery: live }
  long: { delivery: hold, limited: continue, seam: instruct }
  chat: {}
clients:
  any: { keyHash: "sha256:${'a'.repeat(64)}" }
  guarded: { keyHash: "sha256:${'b'.repeat(64)}", tenant: shop, limits: {} }
  limited: { keyHash: "sha256:${'c'.repeat(64)}", limits: { concurrent: 5, requestsPerMinute: 600, tokensPerMinute: 9000, repeats: 3 } }
`,
    )
    const { code, out } = await fullstop(['check', '--config', path])
    expect(code).toBe(0)
    expect(out).toMatch(/\(no workflow\) +customer +guarded +4 +10m +on +off +proven +reroute +enforce +anything/)
    expect(out).toMatch(/replies +customer +hold +4 +10m .* valid under \.\/answer\.json/)
    expect(out).toMatch(/once +customer +guarded +1 .* –/)
    expect(out).toMatch(/long +customer +hold +4 +10m +on +off +instruct +continue/)
    expect(out.match(/^  \w+: at most .*$/gm)).toEqual([
      '  guarded: at most 30 times the same request a minute.',
      '  limited: at most 5 requests at once, 600 requests a minute, 9000 tokens a minute, 3 times the same request a minute.',
    ])
    expect(out).toContain('invoices: customer rather than prototype, since it declares 2.5 EUR per run to be at stake.')
    const told = await fullstop([
      'check',
      '--config',
      path,
      '--advise',
      '--workflow',
      'replies',
      '--missing',
      'nothing',
    ])
    expect(told.out).toContain('replies: prototype would do')
    const asJson = await fullstop(['check', '--config', path, '--json'])
    expect(JSON.parse(asJson.out)).toMatchObject({
      ok: true,
      defaults: { profile: 'customer', limited: 'reroute', overloadControl: true },
      workflows: {
        replies: { delivery: 'hold', schema: { type: 'object' } },
        invoices: { advice: { profile: 'customer', than: 'more' } },
      },
      clients: { any: {}, guarded: { tenant: 'shop', limits: { repeats: 30 } }, limited: { limits: { repeats: 3 } } },
    })
    const { defaults, workflows } = JSON.parse(asJson.out) as {
      defaults: { seam: string }
      workflows: Record<string, { seam: string }>
    }
    expect(defaults.seam).toBe('proven')
    // Held, by its profile, with nothing left to go on with, live, the one that can behind limits alone, and the one that can.
    const seams = ['replies', 'invoices', 'once', 'watched', 'long', 'chat'].map((name) => workflows[name]?.seam)
    expect(seams).toEqual(['off', 'off', 'off', 'off', 'instruct', 'proven'])
    expect(asJson.out).not.toContain('keyHash')
    expect((await fullstop(['check', '--config', path, '--workflow', 'replies'])).code).toBe(2)
    expect((await fullstop(['check', '--config', path, '--advise', '--workflow', 'nobody'])).code).toBe(2)
  })

  test('a file as a bare argument: which option names it', async () => {
    for (const [command, option] of [
      ['check', '--config'],
      ['start', '--config'],
      ['diagnose', '--incidents'],
    ] as const) {
      const { code, err } = await fullstop([command, 'some.yaml'])
      expect([code, err]).toEqual([2, expect.stringContaining(`(a file is named with ${option} FILE)`)])
      expect(err).toContain(`(fullstop ${command} --help says more)`)
    }
  })

  test('a port that is taken: says so once, and what to do', async () => {
    const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('{}') })
    try {
      for (const command of ['start', 'sim']) {
        const { code, err } = await fullstop([command, '--port', String(taken.port)])
        expect([code, err.trim()]).toEqual([
          2,
          `fullstop: cannot listen on 127.0.0.1:${taken.port}: something else listens there; choose another port.`,
        ])
      }
      // The control plane's own: the gateway would go on half, and not end.
      const path = join(folder, 'control.yaml')
      writeFileSync(path, `${config('http://127.0.0.1:9', 'm')}control: { listen: "127.0.0.1:${taken.port}" }\n`)
      const half = await fullstop(['start', '--config', path, '--port', '0'])
      expect([half.code, half.err]).toEqual([2, expect.stringContaining(`cannot listen on 127.0.0.1:${taken.port}:`)])
    } finally {
      await taken.stop(true)
    }
  })

  test('trace without an id lists the latest exchanges; what is not Fullstop is not taken for it', async () => {
    const server = starting([])
    const url = (await server.until(/serving on (\S+)/))[1] ?? ''
    expect((await fullstop(['trace', '--url', url])).out).toBe('No exchange has ended yet.\n')
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'sim-gpt', messages: [{ role: 'user', content: '[[say:hello]]' }] }),
    })
    await response.text()
    const id = response.headers.get('x-fullstop-id') ?? ''
    const { code, out } = await fullstop(['trace', '--url', url])
    expect(code).toBe(0)
    expect(out).toMatch(
      new RegExp(`^${id} +\\S+Z +sim-gpt +delivered \\(complete\\) +trainium-openai/sim-gpt +1$`, 'm'),
    )
    const unknown = await fullstop(['trace', 'fs_x', '--url', url])
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('`fullstop trace` lists the latest')])
    server.signal('SIGTERM')
    await server.until(/fullstop: stopping\n/)
    await server.exited
    const other = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: ({ url: asked }) =>
        asked.endsWith('/api/platforms')
          ? Response.json({ error: { message: 'Invalid URL', code: null } }, { status: 404 })
          : Response.json({ status: 'fine' }),
    })
    try {
      for (const command of [['status'], ['trace'], ['trace', 'fs_x'], ['approvals', 'list']]) {
        const { code, err } = await fullstop([...command, '--url', `http://127.0.0.1:${other.port}`])
        expect([code, err]).toEqual([1, expect.stringContaining("is not Fullstop's control plane")])
      }
    } finally {
      await other.stop(true)
    }
  })

  test('trace: an unknown id and a server that is not there', async () => {
    const nobody = await fullstop(['trace', 'fs_x', '--url', 'http://127.0.0.1:9'])
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('Is Fullstop running')])
  })

  test('drill: bare shows what Fullstop does not let pass', async () => {
    const { code, out } = await fullstop(['drill', 'outage-2026-06-21', '--requests', '200', '--json'])
    expect(code).toBe(0)
    const result = JSON.parse(out) as {
      direct: { truncatedAsSuccess: number }
      fullstop: { truncatedAsSuccess: number; complete: number }
    }
    expect(result.direct.truncatedAsSuccess).toBeGreaterThan(0)
    expect(result.fullstop).toMatchObject({ truncatedAsSuccess: 0, complete: 200 })
  })

  test('drill: list names every drill with a sentence, and compare', async () => {
    const { code, out } = await fullstop(['drill', 'list'])
    expect(code).toBe(0)
    const names = ['outage-2026-06-21', 'flapping-2026-03-02', 'rate-limit-storm', 'total-outage', 'slow-drip']
    for (const name of [...names, 'tool-call-cut', 'agent-loop', 'metastable', 'compare'])
      expect(out).toMatch(new RegExp(`^  ${name} +\\S.{20,}\\.$`, 'm'))
    const listed = JSON.parse((await fullstop(['drill', 'list', '--json'])).out) as { name: string; origin: string }[]
    expect(listed).toHaveLength(9)
    for (const { origin } of listed) expect(origin.length).toBeGreaterThan(20)
    const unknown = await fullstop(['drill', 'nope'])
    expect(unknown.err).toContain('Unknown drill "nope"')
    expect(unknown.err).toContain('total-outage')
  })

  test('drill: a report is one page that needs nothing else', async () => {
    for (const args of [['outage-2026-06-21', '--delivery', 'guarded'], ['compare']]) {
      const path = join(folder, `${args[0]}.html`)
      const { code, out, err } = await fullstop(['drill', ...args, '--requests', '60', '--json', '--report', path])
      expect([code, err.trim()]).toEqual([0, `Written: ${path}`])
      expect(JSON.parse(out)).toMatchObject({ requests: 60, seed: 1 })
      const page = readFileSync(path, 'utf8')
      expect(page).toContain('<svg')
      expect(page.replaceAll('http-equiv', '')).not.toMatch(/https?:|<script|<link rel="stylesheet/)
    }
  }, 30_000)

  test('usage errors exit with 2 and say what to do', async () => {
    for (const args of [
      ['nonsense'],
      ['start', '--port', 'x'],
      ['drill', 'nope'],
      ['drill', 'calm', '--requests', '0'],
      ['drill', 'compare', '--delivery', 'hold'],
      ['drill', 'calm', '--requests', '1', '--report', join(folder, 'missing', 'x.html')],
      ['sim', '--scenario', 'nope'],
      ['audit', '.'],
      ['start', '--workers', '2'],
    ]) {
      const { code, err } = await fullstop(args)
      expect([args, code]).toEqual([args, 2])
      expect(err.length).toBeGreaterThan(20)
      expect(err).not.toContain('    at ')
    }
    expect((await fullstop(['--help'])).code).toBe(0)
  })
})

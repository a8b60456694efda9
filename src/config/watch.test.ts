import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatProblems, loadConfigFile, parseConfig, watchConfig } from './index.ts'
import type { Config, ConfigProblem, ConfigResult, ConfigWatcher, Timers, WatchConfigOptions } from './index.ts'

const good = 'providers:\n  a: { protocol: anthropic }\n'
const other = 'providers:\n  b: { protocol: anthropic }\n'
const bad = 'providers: {}\n'

const PATH = '/etc/fullstop/fullstop.yaml'

/** A clock that stands still until it is told to go on. */
class FakeTimers implements Timers {
  #nowMs = 0
  #pending = new Map<number, { atMs: number; callback: () => void }>()
  #next = 1

  readonly setTimeout = (callback: () => void, delayMs: number): unknown => {
    this.#pending.set(this.#next, { atMs: this.#nowMs + delayMs, callback })
    this.#next += 1
    return this.#next - 1
  }

  readonly clearTimeout = (handle: unknown): void => {
    if (typeof handle === 'number') this.#pending.delete(handle)
  }

  advance(durationMs: number): void {
    this.#nowMs += durationMs
    for (const [handle, { atMs, callback }] of this.#pending) {
      if (atMs > this.#nowMs) continue
      this.#pending.delete(handle)
      callback()
    }
  }

  get pendingCount(): number {
    return this.#pending.size
  }
}

class Scene {
  readonly timers = new FakeTimers()
  readonly announced: string[] = []
  text = good
  loads = 0
  closedWatches = 0
  watched = ''
  change: (name: string | null) => void = () => {}
  breakWatch: (error: unknown) => void = () => {}
  load = (): Promise<ConfigResult> => {
    this.loads += 1
    return Promise.resolve(parseConfig(this.text, { source: PATH, env: {} }))
  }

  watch(options: Partial<WatchConfigOptions> = {}): ConfigWatcher {
    return watchConfig(
      {
        path: PATH,
        env: {},
        debounceMs: 100,
        onConfig: (config: Config) => void this.announced.push([...config.providers.keys()].join()),
        onProblems: (problems: readonly ConfigProblem[]) => void this.announced.push(formatProblems(problems)),
        ...options,
      },
      {
        timers: this.timers,
        load: () => this.load(),
        watch: (directory, onChange, onError) => {
          this.watched = directory
          this.change = onChange
          this.breakWatch = onError
          return { close: () => void (this.closedWatches += 1) }
        },
      },
    )
  }

  /** Lets the file rest for long enough, and what follows from it happen. */
  async settle(): Promise<void> {
    this.timers.advance(100)
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }

  async write(text: string, name: string | null = 'fullstop.yaml'): Promise<void> {
    this.text = text
    this.change(name)
    await this.settle()
  }
}

const badMessage = '/etc/fullstop/fullstop.yaml:1:1 providers: expected at least one provider, got none'

describe('watching a configuration', () => {
  test('announces the first one, then what changes', async () => {
    const scene = new Scene()
    scene.watch()
    expect(scene.watched).toBe('/etc/fullstop')
    await scene.settle()
    await scene.write(other)
    expect(scene.announced).toEqual(['a', 'b'])
  })

  test('announces nothing that serves already, but what changed before the watch began', async () => {
    const current = parseConfig(good, { source: PATH, env: {} })
    const scene = new Scene()
    scene.watch({ current: current.ok ? current.config : undefined })
    await scene.settle()
    expect([scene.loads, scene.announced]).toEqual([1, []])
    const late = new Scene()
    late.text = other
    late.watch({ current: current.ok ? current.config : undefined })
    await late.settle()
    expect(late.announced).toEqual(['b'])
  })

  test('does not announce what means the same', async () => {
    const scene = new Scene()
    scene.watch()
    await scene.settle()
    await scene.write(good)
    await scene.write(`# a comment\n${good}  # another\nmodels: {}\n`)
    expect([scene.loads, scene.announced]).toEqual([3, ['a']])
  })

  test('says that it is good again where its problems go, and when asked, not when a comment is written', async () => {
    const scene = new Scene()
    let unchanged = 0
    const watcher = scene.watch({ onUnchanged: () => (unchanged += 1) })
    await scene.settle()
    await scene.write(`# a comment\n${good}`)
    expect(unchanged).toBe(0)
    await scene.write('providers: {}\n')
    await scene.write(good)
    expect([unchanged, scene.announced]).toEqual([1, ['a', badMessage]])
    await watcher.reload()
    expect(unchanged).toBe(2)
  })

  test('reports a bad one once and keeps the good one', async () => {
    const scene = new Scene()
    scene.watch()
    await scene.settle()
    await scene.write(bad)
    await scene.write(bad)
    // Back to what has served all the time: nothing to announce.
    await scene.write(good)
    await scene.write(bad)
    await scene.write(other)
    expect(scene.announced).toEqual(['a', badMessage, badMessage, 'b'])
  })

  test('waits until the file has been left alone', async () => {
    const scene = new Scene()
    scene.watch()
    await scene.settle()
    scene.text = bad
    scene.change('fullstop.yaml')
    scene.timers.advance(99)
    scene.text = other
    scene.change('fullstop.yaml')
    scene.timers.advance(99)
    expect(scene.loads).toBe(1)
    await scene.settle()
    expect([scene.loads, scene.announced]).toEqual([2, ['a', 'b']])
  })

  test('minds its own file, a swapped volume link and changes without a name, and nothing else', async () => {
    const scene = new Scene()
    scene.watch()
    await scene.settle()
    await scene.write(other, 'fullstop.yaml~')
    await scene.write(other, 'access.log')
    expect(scene.loads).toBe(1)
    await scene.write(good, '..data')
    await scene.write(good, null)
    expect(scene.loads).toBe(3)
  })

  test('reads at once when asked, and says the outcome', async () => {
    const scene = new Scene()
    const watcher = scene.watch()
    expect(await watcher.reload()).toBe('applied')
    expect(await watcher.reload()).toBe('unchanged')
    scene.text = bad
    expect([await watcher.reload(), await watcher.reload()]).toEqual(['refused', 'refused'])
    // Who asks again wants to see it again.
    expect(scene.announced).toEqual(['a', badMessage, badMessage])
  })

  test('reads one after another, so the newest wins', async () => {
    const scene = new Scene()
    const slow = Promise.withResolvers<ConfigResult>()
    const results = [slow.promise, Promise.resolve(parseConfig(other, { source: 'f', env: {} }))]
    scene.load = () => results.shift() ?? slow.promise
    const watcher = scene.watch()
    const outcomes = Promise.all([watcher.reload(), watcher.reload()])
    slow.resolve(parseConfig(good, { source: 'f', env: {} }))
    expect(await outcomes).toEqual(['applied', 'applied'])
    expect(scene.announced).toEqual(['a', 'b'])
  })

  test('takes a configuration that could not be put to use for refused, and tries it again when asked', async () => {
    const scene = new Scene()
    let tries = 0
    const watcher = scene.watch({
      onConfig: () => {
        tries += 1
        if (tries === 1) throw new Error('the port is taken')
      },
    })
    expect([await watcher.reload(), await watcher.reload(), await watcher.reload()]).toEqual([
      'refused',
      'applied',
      'unchanged',
    ])
    expect(scene.announced).toEqual([
      '/etc/fullstop/fullstop.yaml: the configuration could not be put to use: the port is taken',
    ])
  })

  test('announces nothing once closed, not even what it was reading', async () => {
    const scene = new Scene()
    const slow = Promise.withResolvers<ConfigResult>()
    scene.load = () => slow.promise
    const watcher = scene.watch()
    const running = watcher.reload()
    await scene.settle()
    watcher.close()
    slow.resolve(parseConfig(good, { source: 'f', env: {} }))
    expect([await running, await watcher.reload()]).toEqual(['closed', 'closed'])
    scene.change('fullstop.yaml')
    expect([scene.announced, scene.timers.pendingCount, scene.closedWatches]).toEqual([[], 0, 1])
  })

  test('says so when it cannot see changes, and still reads when asked', async () => {
    const scene = new Scene()
    scene.watch()
    scene.breakWatch(Object.assign(new Error('x'), { code: 'ENOSPC' }))
    const message =
      '/etc/fullstop/fullstop.yaml: changes of the file cannot be watched (ENOSPC); send SIGHUP after a change'
    expect(scene.announced).toEqual([message])
    const blind: string[] = []
    const watcher = watchConfig(
      { path: 'f', env: {}, onConfig: () => {}, onProblems: (problems) => void blind.push(formatProblems(problems)) },
      {
        timers: new FakeTimers(),
        load: scene.load,
        watch: () => {
          throw Object.assign(new Error('x'), { code: 'EMFILE' })
        },
      },
    )
    expect(blind).toEqual(['f: changes of the file cannot be watched (EMFILE); send SIGHUP after a change'])
    expect(await watcher.reload()).toBe('applied')
  })
})

describe('on a real file system', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fullstop-config-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('a file is loaded, and what the file system refuses is a problem', async () => {
    const path = join(folder, 'fullstop.yaml')
    writeFileSync(path, good)
    const result = await loadConfigFile(path, {})
    expect(result.ok && result.config.source).toBe(path)
    const refused = async (name: string, bytes?: Uint8Array): Promise<string> => {
      if (bytes !== undefined) writeFileSync(join(folder, name), bytes)
      const outcome = await loadConfigFile(join(folder, name), {})
      return outcome.ok ? 'ok' : formatProblems(outcome.problems).replace(folder, '')
    }
    expect(await refused('absent.yaml')).toBe('/absent.yaml: there is no such file; check the path')
    expect(await refused('')).toBe(': expected a file, got a folder')
    expect(await refused('latin', Uint8Array.of(0x61, 0xe9))).toBe('/latin: expected text in UTF-8, got other bytes')
    expect(await refused('huge', new Uint8Array(2_000_000).fill(0x23))).toBe(
      '/huge:1:1 the configuration is larger than 1048576 bytes',
    )
  })

  test('a file that is written, and one that is replaced by renaming, are both seen', async () => {
    const path = join(folder, 'fullstop.yaml')
    writeFileSync(path, good)
    let next = Promise.withResolvers<string>()
    const watcher = watchConfig({
      path,
      env: {},
      debounceMs: 5,
      onConfig: (config) => next.resolve([...config.providers.keys()].join()),
      onProblems: (problems) => next.reject(new Error(formatProblems(problems))),
    })
    try {
      expect(await next.promise).toBe('a')
      for (const name of ['b', 'c', 'd', 'e']) {
        next = Promise.withResolvers()
        const text = `providers:\n  ${name}: { protocol: anthropic }\n`
        if (name === 'b' || name === 'e') writeFileSync(path, text)
        else {
          writeFileSync(join(folder, '.swap'), text)
          renameSync(join(folder, '.swap'), path)
        }
        expect(await next.promise).toBe(name)
      }
    } finally {
      watcher.close()
    }
  })

  test('a schema file is read, checked at its own lines, and watched wherever it lies', async () => {
    const path = join(folder, 'fullstop.yaml')
    const schema = join(folder, 'schemas', 'reply.json')
    mkdirSync(join(folder, 'schemas'))
    const text = `${good}workflows:\n  w: { schema: ./schemas/reply.json }\n`
    const refused = async (content: string): Promise<string> => {
      writeFileSync(schema, content)
      const outcome = await loadConfigFile(path, {})
      return outcome.ok ? 'ok' : formatProblems(outcome.problems).replaceAll(folder, '')
    }
    writeFileSync(path, text)
    const absent = await loadConfigFile(path, {})
    expect(absent.ok ? 'ok' : formatProblems(absent.problems).replaceAll(folder, '')).toBe(
      '/fullstop.yaml:4:16 workflows.w.schema: /schemas/reply.json: there is no such file; check the path',
    )
    expect(await refused('{ "type": "object",\n  "properties" }')).toMatch(
      /^\/schemas\/reply\.json:\d+:\d+ expected JSON/,
    )
    expect(await refused('[]')).toBe('/schemas/reply.json:1:1 expected a JSON Schema, an object')
    expect(await refused('{\n\t"type": "object",\n\t"properties": {\n\t\t"id": { "type": "strin" }\n\t}\n}')).toMatch(
      /^\/schemas\/reply\.json:4:19 properties\.id\.type: not a JSON Schema: #\/properties\/id\/type must be equal to one of the allowed values: array, /,
    )
    expect(await refused('{ "$ref": "#/nowhere" }')).toMatch(/^\/schemas\/reply\.json:1:1 .*can't resolve reference/)
    expect(await refused('{ "type": "object" }')).toBe('ok')

    let next = Promise.withResolvers<string>()
    const watcher = watchConfig({
      path,
      env: {},
      debounceMs: 5,
      onConfig: (config) => next.resolve(JSON.stringify(config.workflows.get('w')?.schema)),
      onProblems: (problems) => next.resolve(formatProblems(problems)),
    })
    try {
      for (const content of ['{"type":"object"}', '{"type":"array"}', '{"type":"nothing"}', '{"type":"string"}']) {
        if (content !== '{"type":"object"}') writeFileSync(schema, content)
        expect(await next.promise).toContain(content.includes('nothing') ? 'not a JSON Schema' : content)
        next = Promise.withResolvers()
      }
    } finally {
      watcher.close()
    }
  })
})

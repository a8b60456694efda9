import { dirname, join, resolve } from 'node:path'
import { configFingerprint } from './fingerprint.ts'
import type { Environment } from './interpolation.ts'
import { loadConfigFile } from './load.ts'
import type { ConfigResult } from './parse.ts'
import { schemaPath } from './schema-files.ts'
import { formatProblems } from '../yaml/index.ts'
import type { ConfigProblem } from './problem.ts'
import type { Config } from './types.ts'
import { systemTimers, watchDirectory, type Timers, type WatchDirectory } from './watch-directory.ts'

export interface WatchConfigOptions {
  readonly path: string
  readonly env: Environment
  /** The configuration that serves already; only what differs from it is announced. Without it, the first one is. */
  readonly current?: Config | undefined
  /** A checked configuration that differs from the one before. If it throws, the one before counts as still serving. */
  readonly onConfig: (config: Config) => void | Promise<void>
  /** What is wrong with the file; the configuration before goes on serving. */
  readonly onProblems: (problems: readonly ConfigProblem[]) => void
  /** It was read because somebody asked, or for the first time without its problems, and means what serves already. */
  readonly onUnchanged?: () => void
  /** How long the file must be left alone before it is read, in milliseconds. Default: 150. */
  readonly debounceMs?: number
}

export interface WatchConfigDeps {
  readonly watch?: WatchDirectory
  readonly timers?: Timers
  readonly load?: (path: string, env: Environment) => Promise<ConfigResult>
}

/** `applied`: announced. `unchanged`: it means the same as before. `refused`: it has problems. `closed`: nothing was read. */
export type ReloadOutcome = 'applied' | 'unchanged' | 'refused' | 'closed'

export interface ConfigWatcher {
  /** Reads the file now (SIGHUP). Unlike a change on disk it repeats problems that were announced before. */
  reload(): Promise<ReloadOutcome>
  /** Stops watching; nothing is announced afterwards. */
  close(): void
}

const defaultDebounceMs = 150

/**
 * Watches a configuration file and announces each new configuration that is wholly valid: parse, validate, swap. A bad
 * file is reported and never replaces a good one.
 */
export function watchConfig(options: WatchConfigOptions, deps: WatchConfigDeps = {}): ConfigWatcher {
  return new FileWatcher(options, deps)
}

class FileWatcher implements ConfigWatcher {
  readonly #options: WatchConfigOptions
  readonly #timers: Timers
  readonly #load: (path: string, env: Environment) => Promise<ConfigResult>
  /** By folder, each watched once: the configuration's and those of the schema files that it names. */
  readonly #subscriptions = new Map<string, { close(): void }>()
  readonly #watch: WatchDirectory
  #files: ReadonlySet<string>
  #current: Config | undefined
  #currentFingerprint: string | undefined
  #lastProblems: string | undefined
  #timer: unknown
  // Reloads run one after another, so that an older reading never overtakes a newer one.
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(options: WatchConfigOptions, deps: WatchConfigDeps) {
    this.#options = options
    this.#timers = deps.timers ?? systemTimers
    this.#load = deps.load ?? loadConfigFile
    this.#current = options.current
    this.#currentFingerprint = options.current === undefined ? undefined : configFingerprint(options.current)
    this.#watch = deps.watch ?? watchDirectory
    this.#files = this.#follow(options.current)
    // Whatever changed between the first reading and now was seen by nobody.
    this.#schedule()
  }

  reload(): Promise<ReloadOutcome> {
    return this.#enqueue(true)
  }

  close(): void {
    this.#closed = true
    this.#timers.clearTimeout(this.#timer)
    for (const each of this.#subscriptions.values()) each.close()
  }

  /** From now on changes of these files count: the configuration, its schema files, and files in which problems were found. */
  #follow(config: Config | undefined, problems: readonly ConfigProblem[] = []): ReadonlySet<string> {
    const path = resolve(this.#options.path)
    const schemas = [...(config?.workflows.values() ?? [])].flatMap(({ schemaFile }) => schemaFile ?? [])
    const files = new Set([
      path,
      ...schemas.map((schema) => resolve(schemaPath(dirname(path), schema))),
      ...problems.map(({ file }) => resolve(file)),
    ])
    const folders = new Set([...files].map((file) => dirname(file)))
    for (const [folder, subscription] of this.#subscriptions) {
      if (folders.has(folder)) continue
      subscription.close()
      this.#subscriptions.delete(folder)
    }
    for (const folder of folders) if (!this.#subscriptions.has(folder)) this.#subscribe(folder)
    return files
  }

  // The folder, not the file: an editor that writes a new file and renames it leaves a watch on the old one behind.
  #subscribe(folder: string): void {
    try {
      const subscription = this.#watch(
        folder,
        (changed) => {
          // `null`: the platform doesn't say. `..data` and its kin: a Kubernetes volume swaps a link beside the file.
          if (changed === null || changed.startsWith('..') || this.#files.has(join(folder, changed))) this.#schedule()
        },
        (error) => this.#reportBlind(error),
      )
      this.#subscriptions.set(folder, subscription)
    } catch (error) {
      this.#reportBlind(error)
    }
  }

  // A reading in the middle of a write could be cut where it is still valid, so it waits for the last event.
  #schedule(): void {
    if (this.#closed) return
    this.#timers.clearTimeout(this.#timer)
    this.#timer = this.#timers.setTimeout(
      () => void this.#enqueue(false),
      this.#options.debounceMs ?? defaultDebounceMs,
    )
  }

  #enqueue(isAsked: boolean): Promise<ReloadOutcome> {
    const next = this.#queue.then(() => this.#reload(isAsked))
    this.#queue = next
    return next
  }

  async #reload(isAsked: boolean): Promise<ReloadOutcome> {
    if (this.#closed) return 'closed'
    const result = await this.#load(this.#options.path, this.#options.env)
    if (this.#isClosed()) return 'closed'
    if (!result.ok) {
      this.#files = this.#follow(this.#current, result.problems)
      return this.#refuse(result.problems, isAsked)
    }
    this.#files = this.#follow(result.config)
    const fingerprint = configFingerprint(result.config)
    if (fingerprint === this.#currentFingerprint) {
      if (isAsked || this.#lastProblems !== undefined) this.#options.onUnchanged?.()
      this.#lastProblems = undefined
      return 'unchanged'
    }
    try {
      await this.#options.onConfig(result.config)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return this.#refuse([this.#problem(`the configuration could not be put to use: ${reason}`)], isAsked)
    }
    this.#current = result.config
    this.#currentFingerprint = fingerprint
    this.#lastProblems = undefined
    return 'applied'
  }

  // A method, since the compiler takes the field for unchanged over an `await`.
  #isClosed(): boolean {
    return this.#closed
  }

  #refuse(problems: readonly ConfigProblem[], isAsked: boolean): ReloadOutcome {
    const text = formatProblems(problems)
    if (isAsked || text !== this.#lastProblems) this.#options.onProblems(problems)
    this.#lastProblems = text
    return 'refused'
  }

  #reportBlind(error: unknown): void {
    if (this.#closed) return
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    this.#options.onProblems([
      this.#problem(`changes of the file cannot be watched (${code}); send SIGHUP after a change`),
    ])
  }

  #problem(message: string): ConfigProblem {
    return { file: this.#options.path, line: 0, column: 0, path: '', message }
  }
}

import { readFileSync } from 'node:fs'

/** Outgoing connections that Bun allows itself; it reads this before a process starts. */
const MANY_CONNECTIONS = '65336'
const WORD_WITHIN_MS = 20_000

/** A process of the benchmark's own; ended by its handle and by nothing else. */
export class Child {
  readonly port: number
  readonly #process: Bun.Subprocess
  readonly #messages: Messages

  private constructor(process: Bun.Subprocess, messages: Messages, port: number) {
    this.#process = process
    this.#messages = messages
    this.port = port
  }

  /** Starts a script of this folder on the same Bun; it says its port when it is ready. */
  static async start(script: string, env: Readonly<Record<string, string>> = {}): Promise<Child> {
    const messages = new Messages(script)
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/${script}`], {
      env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: MANY_CONNECTIONS, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
      ipc: (message: unknown) => messages.onMessage(message),
      onExit: () => messages.onExit(),
    })
    try {
      const port = numberIn(await messages.next(), 'port')
      return new Child(child, messages, port)
    } catch (error) {
      child.kill()
      throw error
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** What the process answers when it is asked. */
  async ask(): Promise<unknown> {
    this.#process.send({})
    return this.#messages.next()
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#process.exited
  }
}

/** What a process says, one message at a time. */
class Messages {
  readonly #who: string
  readonly #received: unknown[] = []
  #waiting: { readonly resolve: (message: unknown) => void; readonly reject: (error: Error) => void } | undefined

  constructor(who: string) {
    this.#who = who
  }

  onMessage(message: unknown): void {
    if (this.#waiting === undefined) this.#received.push(message)
    else this.#waiting.resolve(message)
    this.#waiting = undefined
  }

  onExit(): void {
    this.#fail('the process ended')
  }

  next(): Promise<unknown> {
    if (this.#received.length > 0) return Promise.resolve(this.#received.shift())
    const message = new Promise<unknown>((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
    const timer = setTimeout(() => this.#fail(`none came in ${WORD_WITHIN_MS} ms`), WORD_WITHIN_MS)
    return message.finally(() => clearTimeout(timer))
  }

  #fail(came: string): void {
    this.#waiting?.reject(new Error(`${this.#who}: expected a message; ${came}`))
    this.#waiting = undefined
  }
}

/** A number of a message between processes. */
export function numberIn(message: unknown, field: string): number {
  const value = typeof message === 'object' && message !== null ? Reflect.get(message, field) : undefined
  if (typeof value !== 'number') throw new Error(`expected a message with ${field}; ${JSON.stringify(message)} came`)
  return value
}

/** Resident memory of a process in kB. */
export function residentKb(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  if (line === null) throw new Error(`expected VmRSS in the status of process ${pid}`)
  return Number(line[1])
}

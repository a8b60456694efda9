import type { Clock } from '../../resilience/index.ts'
import type { ClientExchange } from '../client-exchange.ts'
import type { Progress } from '../exchange.ts'
import type { ClientConnection } from '../ports.ts'
import type { ClientFrames } from './framing.ts'

export interface ClientStreamOptions {
  readonly exchange: ClientExchange
  readonly frames: ClientFrames
  /** What is ready already, or the wait that the stream goes on with. */
  readonly pending: Promise<Progress>
  /** Whether the stream begins with a keep-alive, since the status had to be sent before there was content. */
  readonly keepAliveFirst: boolean
  readonly keepAliveMs: number
  readonly connection: ClientConnection | undefined
  readonly clock: Clock
  /** Nothing more will be written; may be called more than once. */
  readonly onOver: () => void
}

/**
 * The body of a streamed response. It ends cleanly only after a finished answer. A failure ends it with the
 * protocol's own error event, which is given its chance to reach the client, and then an aborted body: of all
 * endings the only one that every known client takes for a failure.
 */
export class ClientStream {
  readonly body: ReadableStream<Uint8Array>
  readonly #options: ClientStreamOptions
  readonly #gone = new AbortController()
  #pending: Promise<Progress> | undefined
  #writtenAtMs: number
  #cancelKeepAlive: (() => void) | undefined
  #isWaiting = false

  constructor(options: ClientStreamOptions) {
    this.#options = options
    this.#pending = options.pending
    this.#writtenAtMs = options.clock.nowMs()
    // Nothing is read ahead of the client: a slow reader slows the provider, and a drain can be seen.
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => this.#start(controller),
        pull: (controller) => this.#pull(controller),
        cancel: () => this.#onCancel(),
      },
      { highWaterMark: 0 },
    )
  }

  #start(controller: Controller): void {
    if (this.#options.keepAliveFirst) this.#keepAlive(controller)
    this.#armKeepAlive(controller, this.#options.keepAliveMs)
  }

  async #pull(controller: Controller): Promise<void> {
    const next = this.#pending ?? this.#options.exchange.next()
    this.#pending = undefined
    this.#isWaiting = true
    const progress = await next
    this.#isWaiting = false
    switch (progress.kind) {
      case 'bytes':
        if (progress.bytes.length > 0) this.#write(controller, progress.bytes)
        return
      case 'finished':
        this.#close()
        this.#options.exchange.report('delivered')
        this.#options.onOver()
        this.#end(controller)
        return
      case 'failed':
        return this.#breakOff(controller, progress)
    }
  }

  #write(controller: Controller, events: Uint8Array): void {
    this.#writtenAtMs = this.#options.clock.nowMs()
    controller.enqueue(this.#options.frames.frame(events))
  }

  #end(controller: Controller): void {
    const last = this.#options.frames.finish()
    if (last.length > 0) controller.enqueue(last)
    controller.close()
  }

  // ## Keep-alive: between whole events, while the client waits and nothing comes

  #armKeepAlive(controller: Controller, inMs: number): void {
    this.#cancelKeepAlive = this.#options.clock.setTimer(() => this.#onKeepAliveTimer(controller), inMs)
  }

  #onKeepAliveTimer(controller: Controller): void {
    const { keepAliveMs, clock } = this.#options
    const silentMs = clock.nowMs() - this.#writtenAtMs
    if (silentMs >= keepAliveMs && this.#isWaiting) this.#keepAlive(controller)
    this.#armKeepAlive(controller, silentMs >= keepAliveMs ? keepAliveMs : keepAliveMs - silentMs)
  }

  #keepAlive(controller: Controller): void {
    this.#write(controller, encoder.encode(this.#options.exchange.inbound.protocol.keepAlive))
  }

  // ## Endings

  async #breakOff(controller: Controller, { failure }: Extract<Progress, { kind: 'failed' }>): Promise<void> {
    this.#close()
    const { exchange, connection, onOver } = this.#options
    exchange.report('broken-off', failure.code)
    this.#write(controller, encoder.encode(exchange.inbound.protocol.renderErrorEvent(failure.error)))
    // Aborting discards what has not left yet, and in this turn nothing has.
    await macrotask(this.#options.clock)
    await connection?.drained(this.#gone.signal)
    onOver()
    if (!this.#gone.signal.aborted) controller.error(new BrokenOff(failure.error.message))
  }

  #onCancel(): void {
    this.#close()
    this.#gone.abort()
    this.#options.exchange.clientGone()
    this.#options.onOver()
  }

  #close(): void {
    this.#cancelKeepAlive?.()
    this.#cancelKeepAlive = undefined
  }
}

/** Why a response's body was aborted on purpose. */
class BrokenOff extends Error {
  override readonly name = 'BrokenOff'
}

type Controller = ReadableStreamDefaultController<Uint8Array>

const encoder = new TextEncoder()

function macrotask(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(resolve, 0)
  })
}

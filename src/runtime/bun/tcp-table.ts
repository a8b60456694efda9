import { readFile } from 'node:fs/promises'
import type { Clock } from '../../resilience/index.ts'

/** What the kernel holds of a connection between two processes of this machine, bytes; infinite where it did not say. */
export interface LoopbackQueues {
  /** Taken from the sender and not acknowledged. */
  readonly unsent: number
  /** Acknowledged, and not read by the receiving process. */
  readonly unread: number
}

/** A larger table is not polled: writing 15,000 sockets out takes the kernel some 25 ms. */
const COSTLY_CHARACTERS = 2 * 1024 * 1024
/** Askers within this time share one reading, ms. */
const SHARED_MS = 10

/**
 * Linux's table of TCP connections, `/proc/net/tcp` and `tcp6` (proc(5): addresses, `tx_queue:rx_queue`, hexadecimal).
 * Of a connection over loopback it shows both ends.
 */
export class TcpTable {
  readonly #clock: Clock
  #reading: Promise<string | undefined> | undefined
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock
  }

  /** `undefined` where the system does not tell, or telling costs too much. */
  async loopbackQueues(ownPort: number, peerPort: number): Promise<LoopbackQueues | undefined> {
    const table = await this.#read()
    if (table === undefined) return undefined
    const own = hexPort(ownPort)
    const peer = hexPort(peerPort)
    // The kernel writes the table out page by page while connections come and go, and may leave one out: a row that is
    // not there tells nothing.
    return {
      unsent: queuesOf(table, own, peer)?.[0] ?? Number.POSITIVE_INFINITY,
      unread: queuesOf(table, peer, own)?.[1] ?? Number.POSITIVE_INFINITY,
    }
  }

  #read(): Promise<string | undefined> {
    const nowMs = this.#clock.nowMs()
    if (this.#reading === undefined || nowMs - this.#readAtMs >= SHARED_MS) {
      this.#readAtMs = nowMs
      this.#reading = readTables()
    }
    return this.#reading
  }
}

async function readTables(): Promise<string | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  )
  const text = tables.join('')
  return text === '' || text.length > COSTLY_CHARACTERS ? undefined : text
}

/** Sent and received queue of the row with these ports. */
function queuesOf(table: string, localPort: string, remotePort: string): readonly [number, number] | undefined {
  const row = new RegExp(`:${localPort} [0-9A-F]+:${remotePort} [0-9A-F]{2} ([0-9A-F]{8}):([0-9A-F]{8})`).exec(table)
  return row === null ? undefined : [Number.parseInt(row[1] ?? '0', 16), Number.parseInt(row[2] ?? '0', 16)]
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

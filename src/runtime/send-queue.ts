import { readFile } from 'node:fs/promises'

/**
 * Bytes that the kernel has taken for a TCP connection and the peer has not acknowledged, from Linux's
 * `/proc/net/tcp` and `tcp6` (proc(5): `tx_queue`, hexadecimal). `undefined` where the system does not tell.
 */
export async function sendQueueBytes(localPort: number, remotePort: number): Promise<number | undefined> {
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'latin1').catch(() => undefined)
    if (text === undefined) return undefined
    const found = queueIn(text, hexPort(localPort), hexPort(remotePort))
    if (found !== undefined) return found
  }
  // The connection is gone, and with it its queue.
  return 0
}

function queueIn(table: string, local: string, remote: string): number | undefined {
  for (const line of table.split('\n')) {
    const [, localAddress, remoteAddress, , queues] = line.trim().split(/\s+/)
    if (localAddress?.endsWith(local) && remoteAddress?.endsWith(remote))
      return Number.parseInt(queues?.slice(0, 8) ?? '0', 16)
  }
  return undefined
}

function hexPort(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`
}

import { numberIn, residentKb } from './child.ts'
import type { Contender, FullstopProcess } from './contender.ts'
import { drive } from './load.ts'
import { CHAT_JSON, chatStream, SILENT } from './traffic.ts'

/** Memory of one open stream in kB, over so many. */
export interface OpenStreamsResult {
  readonly streams: number
  readonly kbEach: number
  /** After a forced collection, where the process can be asked for one. */
  readonly kbEachCollected: number | undefined
}

const OPENED_AT_A_TIME = 50

/**
 * Opens streams that fall silent after their first line, and compares the process's resident memory before and after.
 * The process has served requests and streams before, so that its code and pools are not counted.
 */
export async function measureOpenStreams(
  contender: Contender | FullstopProcess,
  streams: number,
): Promise<OpenStreamsResult> {
  await drive(contender, CHAT_JSON, 2_000)
  await drive(contender, chatStream('turns'), 200)
  const collect = async (): Promise<number | undefined> =>
    'child' in contender ? numberIn(await contender.child.ask(), 'rssBytes') / 1_024 : undefined
  await collect()
  const beforeKb = residentKb(contender.pid)
  const sockets: Bun.Socket<unknown>[] = []
  try {
    for (let opened = 0; opened < streams; opened += OPENED_AT_A_TIME) {
      const batch = Array.from({ length: Math.min(OPENED_AT_A_TIME, streams - opened) }, () => openStream(contender))
      sockets.push(...(await Promise.all(batch)))
    }
    const afterKb = residentKb(contender.pid)
    const collectedKb = await collect()
    return {
      streams,
      kbEach: (afterKb - beforeKb) / streams,
      kbEachCollected: collectedKb === undefined ? undefined : (collectedKb - beforeKb) / streams,
    }
  } finally {
    for (const socket of sockets) socket.terminate()
  }
}

/** Resolves when the first event with content has come; over a plain socket, so that no client's pool is in the way. */
function openStream(contender: Contender): Promise<Bun.Socket<unknown>> {
  const { hostname, port } = new URL(contender.url)
  const body = SILENT.body(contender.model(SILENT.path))
  const request =
    `POST ${SILENT.path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n` +
    `authorization: Bearer key-of-client\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  const firstContent = /"delta":\{"content":"[^"]+"\}/
  return new Promise((resolve, reject) => {
    let received = ''
    const fail = (): void => reject(new Error(`expected an open stream of ${contender.name}; it closed: ${received}`))
    Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        open: (socket) => void socket.write(request),
        data: (socket, bytes) => {
          received += bytes.toString('latin1')
          if (firstContent.test(received)) resolve(socket)
        },
        close: fail,
        connectError: fail,
      },
    }).catch(reject)
  })
}

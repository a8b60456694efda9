import type { Contender } from './contender.ts'
import type { Workload } from './traffic.ts'

/** Requests under way at a time, where a workload says nothing else. */
export const CONCURRENCY = 16

/** A gateway answered with something else than the upstream's answer: its numbers would mean nothing. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

/** Sends `count` requests, so many at a time as the workload says, over kept connections, and checks every answer whole. */
export async function drive(contender: Contender, workload: Workload, count: number): Promise<void> {
  let left = count
  const body = workload.body(contender.model(workload.path))
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const answer = await post(contender, workload.path, body)
      const bytes = await answer.bytes()
      check(contender, workload, answer.status, bytes)
    }
  }
  await Promise.all(Array.from({ length: workload.atATime ?? CONCURRENCY }, worker))
}

export function post({ url, headers }: Contender, path: string, body: string): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key-of-client', ...headers },
    body,
  })
}

function check(contender: Contender, { expected, isTranslated }: Workload, status: number, bytes: Uint8Array): void {
  if (status === 200 && isTranslated === true && isSameText(bytes, expected)) return
  if (status === 200 && Buffer.compare(bytes, expected) === 0) return
  if (status === 200 && !contender.isByteExact && isSameContent(bytes, expected)) return
  const came = new TextDecoder().decode(bytes.subarray(0, 200))
  throw new WrongAnswer(
    `${contender.name}: expected status 200 and the upstream's ${expected.length} bytes; ` +
      `${status} and ${bytes.length} bytes came, beginning: ${came}`,
  )
}

/** For a translated stream: all its text and its own protocol's end. */
function isSameText(bytes: Uint8Array, expected: Uint8Array): boolean {
  const [came, sent] = [bytes, expected].map((each) => new TextDecoder().decode(each))
  if (came === undefined || sent === undefined) return false
  return textOf(came) === textOf(sent) && isWhole(came) && isWhole(sent)
}

/** The text of an answer, as JSON has it. */
export const textOf = (stream: string): string =>
  [...stream.matchAll(/"(?:content|text)":"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]).join('')
const isWhole = (stream: string): boolean =>
  stream.endsWith('data: [DONE]\n\n') || stream.includes('event: message_stop\n')

/** For a gateway that writes answers anew: the same texts in the same order, and the same end. */
function isSameContent(bytes: Uint8Array, expected: Uint8Array): boolean {
  const [came, sent] = [bytes, expected].map((each) => contentOf(new TextDecoder().decode(each)))
  return came !== undefined && came === sent
}

function contentOf(answer: string): string | undefined {
  const events = answer.startsWith('{') ? [answer] : answer.split('\n\n').filter((event) => event !== '')
  if (!answer.startsWith('{') && events.at(-1) !== 'data: [DONE]') return undefined
  const contents = events.map((event) => /"content":("(?:[^"\\]|\\.)*")/.exec(event)?.[1] ?? '')
  return `${events.length} events: ${contents.join('')}`
}

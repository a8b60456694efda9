import { numberIn } from './child.ts'
import type { FullstopProcess } from './contender.ts'
import { fitLine, type LinearFit } from './linear-fit.ts'
import { CONCURRENCY, post, textOf, WrongAnswer } from './load.ts'
import { random } from './random.ts'
import { SOAK_JSON, SOAK_STREAMED, type Workload } from './traffic.ts'

/** What becomes of memory over many requests with faults. Slopes in kB per 1,000 requests. */
export interface SoakResult {
  readonly requests: number
  readonly warmUp: number
  readonly complete: number
  readonly failed: number
  readonly heap: LinearFit
  readonly resident: LinearFit
  readonly heapStartKb: number
  readonly heapEndKb: number
  readonly residentStartKb: number
  readonly residentEndKb: number
  readonly isFlat: boolean
}

const SAMPLES = 24
/** A leak of the smallest object would be 16 bytes a request, 16 kB per 1,000. */
const TOLERATED_KB = 4

/**
 * Sends streams and answers at an upstream of whose requests one in ten fails. The last three quarters count; each
 * sample is taken at rest, after forced collections.
 */
export async function soak(
  contender: FullstopProcess,
  requests: number,
  onProgress: (done: number) => void,
): Promise<SoakResult> {
  const tally = { complete: 0, failed: 0 }
  const choose = random(31)
  const warmUp = Math.round(requests / 4)
  await run(contender, warmUp, choose, tally)
  const samples = [await sample(contender, warmUp)]
  for (let taken = 1; taken <= SAMPLES; taken++) {
    const done = tally.complete + tally.failed
    const until = warmUp + Math.round(((requests - warmUp) * taken) / SAMPLES)
    await run(contender, until - done, choose, tally)
    samples.push(await sample(contender, until))
    onProgress(until)
  }
  const heap = fitLine(samples.map(({ thousands, heapKb }) => [thousands, heapKb]))
  const resident = fitLine(samples.map(({ thousands, residentKb }) => [thousands, residentKb]))
  const isFlat = [heap, resident].every(({ slope, margin }) => slope - margin <= TOLERATED_KB)
  return {
    requests,
    warmUp,
    ...tally,
    heap,
    resident,
    heapStartKb: samples.at(0)?.heapKb ?? Number.NaN,
    heapEndKb: samples.at(-1)?.heapKb ?? Number.NaN,
    residentStartKb: samples.at(0)?.residentKb ?? Number.NaN,
    residentEndKb: samples.at(-1)?.residentKb ?? Number.NaN,
    isFlat,
  }
}

interface Tally {
  complete: number
  failed: number
}

async function sample(
  { child }: FullstopProcess,
  done: number,
): Promise<{ thousands: number; heapKb: number; residentKb: number }> {
  const memory = await child.ask()
  return {
    thousands: done / 1_000,
    heapKb: numberIn(memory, 'heapBytes') / 1_024,
    residentKb: numberIn(memory, 'rssBytes') / 1_024,
  }
}

async function run(contender: FullstopProcess, count: number, choose: () => number, tally: Tally): Promise<void> {
  let left = count
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const workload = choose() < 0.5 ? SOAK_JSON : SOAK_STREAMED
      if (await isComplete(contender, workload)) tally.complete += 1
      else tally.failed += 1
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}

/**
 * Whole, or a failure that the client sees as one; anything between would be a lie. Equal requests may get each other's answers: one
 * that broke off is finished for who asks again, streamed or not.
 */
async function isComplete(contender: FullstopProcess, workload: Workload): Promise<boolean> {
  let status: number
  let bytes: Uint8Array
  try {
    const answer = await post(contender, workload.path, workload.body(contender.model(workload.path)))
    status = answer.status
    bytes = await answer.bytes()
  } catch {
    // The body was aborted: that is how a broken stream must end.
    return false
  }
  if (status !== 200) return false
  if (Buffer.compare(bytes, workload.expected) === 0 || WHOLE_TEXTS.has(wholeText(bytes) ?? '')) return true
  throw new WrongAnswer(`fullstop: an answer that is not whole ended as if it were, with ${bytes.length} bytes`)
}

/** All that an answer says, streamed or not; `undefined` where it does not say that this is all. */
function wholeText(bytes: Uint8Array): string | undefined {
  const answer = new TextDecoder().decode(bytes)
  const isOver = answer.startsWith('{') || answer.endsWith('data: [DONE]\n\n')
  return isOver && answer.includes('"finish_reason":"stop"') ? textOf(answer) : undefined
}

const WHOLE_TEXTS: ReadonlySet<string> = new Set(
  [SOAK_JSON, SOAK_STREAMED].flatMap(({ expected }) => wholeText(expected) ?? []),
)

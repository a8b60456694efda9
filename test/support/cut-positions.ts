import { eventBoundaries } from './recorded-events.ts'

const DENSE_BELOW_BYTES = 6_000
const SPREAD = 40
const TAIL_BYTES = 300
const TAIL_STEP = 7

/**
 * Where to cut a recording of which the first `proofBytes` bytes hold the whole proof: around each event's end where
 * it is small, spread over it where it is large, and densely before the proof's end. Ascending, each once, all before
 * the proof.
 */
export function cutPositions(bytes: Uint8Array, proofBytes: number): readonly number[] {
  const positions = new Set([0, 1, proofBytes - 1])
  if (bytes.length < DENSE_BELOW_BYTES)
    for (const boundary of eventBoundaries(bytes)) for (const at of [-1, 0, 1]) positions.add(boundary + at)
  else for (let turn = 1; turn <= SPREAD; turn++) positions.add(Math.floor((turn * proofBytes) / (SPREAD + 1)))
  for (let at = proofBytes - TAIL_BYTES; at < proofBytes; at += TAIL_STEP) positions.add(at)
  return [...positions].filter((at) => at >= 0 && at < proofBytes).sort((a, b) => a - b)
}

import type { Degraded, FinishedVerdict } from '../../evidence/index.ts'
import {
  AnswerAssembler,
  type Completion,
  type CoreResponse,
  isJsonObject,
  parseJson,
} from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import { DegradedLabel } from '../degradation/label.ts'
import { renderGiven } from '../delivery/given-answer.ts'
import type { Exchange } from '../exchange.ts'

/** A finished answer, kept for whoever asks for the same again. Plain data: a store may be another process. */
export interface KeptAnswer {
  /** Whose answer it is. */
  readonly exchange: string
  /** `provider/model` that gave it; `undefined` where none did. */
  readonly platform: string | undefined
  readonly verdict: FinishedVerdict['name']
  /** What it was given in place of; only for who waited for it, never stored. */
  readonly degraded: Degraded | undefined
  /** See `identityOf`. */
  readonly identity: string
  /** See `formOf`. */
  readonly form: string
  /** In the protocol of the client that asked for it: a whole body, or all events of a stream. */
  readonly bytes: Uint8Array
  /** Which proof of completeness the bytes have. */
  readonly completion: Completion
}

/** Where kept answers are; a later one may be shared between processes. */
export interface AnswerStore {
  get(id: string): Promise<KeptAnswer | undefined>
  /** Takes the place of what has this id. It may be gone before `forMs` are over, never kept for longer. */
  put(id: string, answer: KeptAnswer, forMs: number): Promise<void>
  remove(id: string): Promise<void>
  /** Drops what has expired, where the store does not do so by itself; cheap to ask often. */
  sweep(): void
}

/** The finished answer of an exchange, which has all `bytes` of it. */
export function keptAnswer(
  { inbound, answering, lastWord, degraded }: Exchange,
  bytes: Uint8Array,
  identity: string,
): KeptAnswer {
  const platform = answering?.platform
  const verdict = lastWord?.verdict.name
  return {
    exchange: inbound.id,
    platform: platform?.name,
    verdict: verdict === 'limited' || verdict === 'refused' ? verdict : 'complete',
    degraded,
    identity,
    form: formOf(inbound),
    bytes,
    completion: platform?.provider.protocol === inbound.protocol ? platform.provider.completion : 'strict',
  }
}

/** In which form a client waits for its answer: the same bytes serve all who wait in the same form. */
export function formOf({ facts, body }: Pick<Inbound, 'facts' | 'body'>): string {
  return facts.stream ? `stream ${JSON.stringify(body.json.stream_options ?? null)}` : 'whole'
}

/** The answer as this client waits for it; `undefined` where it cannot be put into another form. */
export function inFormOf(inbound: Inbound, kept: KeptAnswer, nowSeconds: number): Uint8Array | undefined {
  if (kept.form === formOf(inbound)) return kept.bytes
  const answer = kept.form === 'whole' ? readWhole(inbound, kept) : readStream(inbound, kept)
  if (answer === undefined) return undefined
  const { platform = '', degraded } = kept
  const bytes = renderGiven(answer, inbound, nowSeconds, platform.slice(platform.indexOf('/') + 1))
  if (degraded === undefined) return bytes
  // What it says of itself in its own form is not part of the answer.
  const label = new DegradedLabel(degraded, kept.exchange)
  return inbound.facts.stream ? label.events(bytes) : label.whole(bytes)
}

function readWhole({ protocol, facts }: Inbound, { bytes, completion }: KeptAnswer): CoreResponse | undefined {
  const json = parseJson(new TextDecoder().decode(bytes))
  if (!isJsonObject(json)) return undefined
  return protocol.readResponse(json, { completion, choices: facts.choices }).response
}

function readStream({ protocol, facts }: Inbound, { bytes, completion }: KeptAnswer): CoreResponse | undefined {
  const options = { completion, choices: facts.choices, decode: true, eventLimitBytes: Number.MAX_SAFE_INTEGER }
  const scanner = protocol.createScanner(options)
  scanner.push(bytes)
  if (!('proof' in scanner.verdictAtEnd())) return undefined
  const assembler = new AnswerAssembler()
  for (const event of scanner.takeEvents()) assembler.add(event)
  return assembler.answer()
}

import {
  type Citation,
  type CoreChoice,
  type CoreStop,
  isFilled,
  isJsonObject,
  type Json,
  jsonInput,
  type JsonObject,
  mayCutCalls,
  objectsIn,
  type Part,
  ToolInput,
  toText,
} from '../core/index.ts'
import { naturalEnd } from '../openai/index.ts'
import { readFinishReason } from './stop-reason.ts'
import { holdsNoText, joinTexts, needsName } from './texts.ts'

/** One choice of a whole answer, understood. */
export interface ReadChoice {
  /** The provider's word; `undefined` where it gave none. */
  readonly finishReason: string | undefined
  /** What is wrong with it beside calls that nobody could run. */
  readonly flaw: 'event-order' | 'not-this-protocol' | undefined
  readonly toolCallCount: number
  /** Places in `tool_calls` of calls that nobody could run; a deprecated `function_call` has the place behind the last. */
  readonly unfinishedCalls: ReadonlySet<number>
  readonly stop: CoreStop
  /** For a translation, without the unfinished calls. */
  readonly toCore: () => CoreChoice
}

interface WireCall {
  readonly id: string
  readonly needsName: boolean
  readonly kind: 'json' | 'custom'
  readonly name: string
  readonly input: string
}

/** Lenient: what a host writes oddly is read as far as it goes. */
export function readChoice(wire: JsonObject, message: JsonObject, index: number): ReadChoice {
  const raw = wire.finish_reason
  const finishReason = isFilled(raw) ? raw : undefined
  const calls = readCalls(message, index)
  const refusal = toText(message.refusal)
  const stop = readStop(finishReason, calls.length > 0, refusal !== '')
  const unfinishedCalls = findUnfinished(calls, stop)
  const flaw = holdsNoText(message) ? 'not-this-protocol' : flawOf(calls, stop)
  // Only a translation asks for the content; building it costs as much as the whole verdict.
  const toCore = (): CoreChoice => ({ content: contentOf(message, calls, unfinishedCalls), stop })
  return { finishReason, flaw, toolCallCount: calls.length, unfinishedCalls, stop, toCore }
}

function flawOf(calls: readonly WireCall[], stop: CoreStop): ReadChoice['flaw'] {
  if (stop.kind === 'tool-use' && calls.length === 0) return 'event-order'
  // One that the model was stopped inside is withheld.
  return !mayCutCalls(stop) && calls.some(isNameless) ? 'not-this-protocol' : undefined
}

const isNameless = ({ name, needsName: isNeeded }: WireCall): boolean => isNeeded && name === ''

function contentOf(message: JsonObject, calls: readonly WireCall[], unfinished: ReadonlySet<number>): readonly Part[] {
  const refusal = toText(message.refusal)
  // Beside other calls the deprecated one is their echo, for old clients: translated, it would be made twice.
  const echoAt = calls.length > 1 && isJsonObject(message.function_call) ? calls.length - 1 : undefined
  const whole = calls.filter((_, place) => place !== echoAt && !unfinished.has(place))
  const thinking = toText(message.reasoning_content) || toText(message.reasoning)
  return [
    ...(thinking === '' ? [] : [{ type: 'thinking', text: thinking } as const]),
    ...readContent(message),
    ...(refusal === '' ? [] : [{ type: 'refusal', text: refusal } as const]),
    ...whole.map(
      (call) => ({ type: 'tool-call', kind: call.kind, id: call.id, name: call.name, input: inputOf(call) }) as const,
    ),
  ]
}

// Without a reason (only where the upstream is declared never to give one) the answer says itself how it ended.
function readStop(finishReason: string | undefined, hasCalls: boolean, hasRefusal: boolean): CoreStop {
  if (finishReason !== undefined) return readFinishReason(finishReason, hasRefusal, hasCalls)
  return { kind: naturalEnd({ calls: hasCalls, refusal: hasRefusal }), raw: undefined }
}

function readCalls(message: JsonObject, index: number): readonly WireCall[] {
  const calls = objectsIn(message.tool_calls).map((wire, place): WireCall => {
    const id = toText(wire.id) || `call_${index}_${place}`
    const call = { id, needsName: needsName(wire) }
    if (!isJsonObject(wire.custom)) return { ...call, kind: 'json', ...readFunction(wire.function) }
    return { ...call, kind: 'custom', name: toText(wire.custom.name), input: toText(wire.custom.input) }
  })
  if (!isJsonObject(message.function_call)) return calls
  const id = `call_${index}_${calls.length}`
  return [...calls, { id, needsName: true, kind: 'json', ...readFunction(message.function_call) }]
}

function readFunction(value: Json | undefined): Pick<WireCall, 'name' | 'input'> {
  if (!isJsonObject(value)) return { name: '', input: '{}' }
  const written = value.arguments ?? ''
  // Ollama's compatible surface has sent objects; any other value is judged as such.
  const input = typeof written === 'string' ? written : JSON.stringify(written)
  return { name: toText(value.name), input }
}

// Empty arguments mean none; a free-form input may be empty.
function inputOf({ kind, input }: WireCall): string {
  return kind === 'json' ? jsonInput(input) : input
}

const NONE: ReadonlySet<number> = new Set()

function findUnfinished(calls: readonly WireCall[], stop: CoreStop): ReadonlySet<number> {
  if (calls.length === 0) return NONE
  const mayBeCut = mayCutCalls(stop)
  const places = calls.flatMap((call, place) => {
    const { kind, input: written } = call
    const input = new ToolInput({ kind, keepText: false, limitBytes: Infinity })
    input.push(written)
    const isUnfinished = input.isUnfinished({ mayBeCut, isLast: place === calls.length - 1 })
    return isUnfinished || isNameless(call) ? [place] : []
  })
  return new Set(places)
}

/** A string, or Mistral's list of text and thinking pieces. */
function readContent(message: JsonObject): readonly Part[] {
  const citations = readAnnotations(message.annotations)
  const cited = citations.length > 0 && { citations }
  if (typeof message.content === 'string')
    return message.content === '' ? [] : [{ type: 'text', text: message.content, ...cited }]
  return objectsIn(message.content).flatMap((piece): readonly Part[] => {
    if (piece.type === 'thinking') return [{ type: 'thinking', text: joinTexts(piece.thinking) }]
    if (piece.type === 'refusal') return [{ type: 'refusal', text: toText(piece.refusal) }]
    return typeof piece.text === 'string' ? [{ type: 'text', text: piece.text }] : []
  })
}

function readAnnotations(value: Json | undefined): readonly Citation[] {
  return objectsIn(value).flatMap((raw): readonly Citation[] => {
    if (!isJsonObject(raw.url_citation)) return []
    const { url, title, start_index: start, end_index: end } = raw.url_citation
    return [
      {
        ...(typeof url === 'string' && { url }),
        ...(typeof title === 'string' && { title }),
        ...(typeof start === 'number' && { start }),
        ...(typeof end === 'number' && { end }),
        raw,
        protocol: 'openai-chat',
      },
    ]
  })
}

export { AnswerAssembler, eventsOf } from './answer-assembler.ts'
export { argumentsOf, jsonInput, readArguments } from './call-input.ts'
export {
  type AudioPart,
  type Citation,
  type DocumentPart,
  type ImagePart,
  isClientCall,
  type MediaSource,
  type OpaquePart,
  type Part,
  type RedactedThinkingPart,
  textIn,
  type TextPart,
  type ThinkingPart,
  type ToolCallPart,
  type ToolResultPart,
} from './content.ts'
export { storyOf } from './caller-error.ts'
export { ChoiceStates } from './choice-states.ts'
export { saysContextLength } from './context-length.ts'
export { type DeltaTarget, type TemplateSource } from './delta-template.ts'
export {
  checked,
  describe,
  FieldError,
  noteUnknown,
  optional,
  present,
  readArray,
  readBoolean,
  readCount,
  readCountOrZero,
  readInteger,
  readModel,
  readName,
  readNumber,
  readObject,
  readString,
  reject,
  unexpected,
} from './fields.ts'
export { filterMessages } from './filter-events.ts'
export { EventsToJsonArray, JsonArrayToEvents } from './json-array-frames.ts'
export {
  isFilled,
  isJsonObject,
  isNoText,
  type Json,
  type JsonObject,
  listOf,
  mayMention,
  objectsIn,
  parseJson,
  toText,
} from './json.ts'
export { hasTooManyContainers, MOST_CONTAINERS } from './json-containers.ts'
export { fateOf, LOSS_TABLE, Losses } from './loss.ts'
export { graver, type Progress } from './progress.ts'
export {
  type Address,
  type BegunText,
  type CallerError,
  type Checked,
  type EncoderOptions,
  type PrefillStyle,
  type Protocol,
  type ProtocolName,
  type ProviderError,
  type RenderedRequest,
  type RenderOptions,
  type RequestFacts,
  type RequestProblem,
  type StateReference,
  type StreamEncoder,
  type TokenCounting,
  type Turn,
} from './protocol.ts'
export { boundMessage } from './provider-message.ts'
export { NO_FACTS, type ReadResponse, type ReadResponseOptions, unfinished } from './read-response.ts'
export {
  type AnswerTerms,
  type CoreRequest,
  type Message,
  NO_ARGUMENTS,
  type OutputFormat,
  type Reasoning,
  type Tool,
  type ToolChoice,
  type ToolUse,
  withLeadingSystem,
} from './request.ts'
export {
  type CoreChoice,
  type CoreResponse,
  type CoreStop,
  finishedVerdict,
  mayCutCalls,
  isOutputLimit,
  overallStop,
  UNSAID_STOP,
} from './response.ts'
export {
  type Completion,
  type ContentWatcher,
  type ScannerOptions,
  type StreamFacts,
  type StreamScanner,
} from './scanner.ts'
export { SseScanner, type StreamHead } from './sse-scanner.ts'
export { TextEvent } from './text-event.ts'
export { type StreamEvent } from './stream-event.ts'
export { messagesOf } from './stream-messages.ts'
export { textInBase64 } from './text-in-base64.ts'
export { type CallPlace, ToolInput } from './tool-input.ts'
export { addUsage, countOf, mergeReports, mergeUsage, wholeCountOf } from './usage.ts'
export { fromUtf8 } from './utf8.ts'

import {
  type Address,
  type AnswerTerms,
  type Checked,
  checked,
  type CoreRequest,
  type Json,
  type JsonObject,
  noteUnknown,
  optional,
  present,
  readModel,
  readObject,
} from '../core/index.ts'
import { readSystem } from './content-in.ts'
import { readContents } from './contents-in.ts'
import { readChoices } from './inspect.ts'
import { readFormat, readOptions, readStop } from './options-in.ts'
import { readToolUse } from './tools-in.ts'
import { camelCased, readMessage } from './wire.ts'

// Every field that is read below, and `model`, which some clients repeat from the address; all others are handed on.
const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'labels',
])

/** A client's whole request, for translation. Never throws, whatever JSON it gets. */
export function parseRequest(body: JsonObject, address?: Address): Checked<CoreRequest> {
  return checked(() => readRequest(camelCased(body), address))
}

export function readTerms(body: JsonObject): Checked<AnswerTerms> {
  return checked(() => {
    const { tools, toolConfig, generationConfig } = camelCased(body)
    const config = optional(generationConfig, 'generationConfig', readMessage) ?? {}
    return {
      ...present({ format: readFormat(config, new Map()) }),
      tools: readToolUse({ tools, toolConfig }, new Map()).tools,
    }
  })
}

function readRequest(body: JsonObject, address: Address | undefined): CoreRequest {
  const unknown = new Map<string, Json>()
  noteUnknown(body, KNOWN, '', unknown)
  const config = optional(body.generationConfig, 'generationConfig', readMessage) ?? {}
  return {
    model: readModel(address?.model),
    stream: address?.stream ?? false,
    system: optional(body.systemInstruction, 'systemInstruction', readSystem) ?? [],
    messages: readContents(body.contents, unknown),
    ...readToolUse(body, unknown),
    ...readOptions(config, unknown),
    ...present({ metadata: optional(body.labels, 'labels', readObject) }),
    stop: readStop(config),
    choices: readChoices(config),
    // Every answer has its usage, asked or not.
    includeUsage: true,
    unknown,
  }
}

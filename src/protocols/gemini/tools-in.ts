import {
  type Json,
  type JsonObject,
  NO_ARGUMENTS,
  noteUnknown,
  optional,
  readArray,
  readName,
  readObject,
  readString,
  reject,
  type Tool,
  type ToolChoice,
  type ToolUse,
} from '../core/index.ts'
import { toJsonSchema } from './schema.ts'
import { GEMINI, readMessage, readMessages } from './wire.ts'

const DECLARATION = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])
const CALLING = new Set(['mode', 'allowedFunctionNames'])

/** `tools` and `toolConfig`: each field of a tool is a tool of its own, all but the functions' the provider's. */
export function readToolUse(body: JsonObject, unknown: Map<string, Json>): ToolUse {
  const tools = (optional(body.tools, 'tools', readMessages) ?? []).flatMap((tool, index) =>
    readTool(tool, `tools[${index}]`, unknown),
  )
  const choice = readChoice(body.toolConfig, unknown)
  if (choice === undefined) return { tools }
  const { toolChoice, allowed } = choice
  return {
    // Only these may be called, so to leave the others out asks for the same answer in every protocol.
    tools: allowed === undefined ? tools : tools.filter((tool) => tool.kind !== 'json' || allowed.has(tool.name)),
    toolChoice,
  }
}

function readTool(tool: JsonObject, field: string, unknown: Map<string, Json>): readonly Tool[] {
  return Object.entries(tool).flatMap(([type, value]): readonly Tool[] => {
    if (value === undefined || value === null) return []
    if (type !== 'functionDeclarations') return [{ kind: 'server', protocol: GEMINI, type, value: { [type]: value } }]
    return readMessages(value, `${field}.${type}`).map((declaration, index) =>
      readDeclaration(declaration, `${field}.${type}[${index}]`, unknown),
    )
  })
}

function readDeclaration(declaration: JsonObject, field: string, unknown: Map<string, Json>): Tool {
  noteUnknown(declaration, DECLARATION, 'tools.functionDeclarations.', unknown)
  const description = optional(declaration.description, `${field}.description`, readString)
  const schema = optional(declaration.parametersJsonSchema, `${field}.parametersJsonSchema`, readObject)
  const parameters = optional(declaration.parameters, `${field}.parameters`, readObject)
  return {
    kind: 'json',
    name: readName(declaration.name, `${field}.name`),
    ...(description !== undefined && { description }),
    schema: schema ?? (parameters === undefined ? NO_ARGUMENTS : toJsonSchema(parameters)),
  }
}

interface Choice {
  readonly toolChoice: ToolChoice
  readonly allowed: ReadonlySet<string> | undefined
}

const FIELD = 'toolConfig.functionCallingConfig'

function readChoice(value: unknown, unknown: Map<string, Json>): Choice | undefined {
  const config = optional(value, 'toolConfig', readMessage) ?? {}
  noteUnknown(config, new Set(['functionCallingConfig']), 'toolConfig.', unknown)
  const calling = optional(config.functionCallingConfig, FIELD, readMessage)
  if (calling === undefined) return undefined
  noteUnknown(calling, CALLING, `${FIELD}.`, unknown)
  const mode = optional(calling.mode, `${FIELD}.mode`, readName)
  const names = (optional(calling.allowedFunctionNames, `${FIELD}.allowedFunctionNames`, readArray) ?? []).map(
    (name, index) => readName(name, `${FIELD}.allowedFunctionNames[${index}]`),
  )
  const allowed = names.length === 0 ? undefined : new Set(names)
  switch (mode) {
    case undefined:
    case 'MODE_UNSPECIFIED':
    case 'AUTO':
      return { toolChoice: { type: 'auto' }, allowed }
    // As AUTO, with arguments held to the schema; who holds them to it elsewhere is said tool by tool.
    case 'VALIDATED':
      unknown.set(`${FIELD}.mode`, mode)
      return { toolChoice: { type: 'auto' }, allowed }
    case 'ANY': {
      const [only] = names
      // The choice alone says it, and the other tools stay known to the model.
      if (names.length === 1 && only !== undefined)
        return { toolChoice: { type: 'tool', name: only }, allowed: undefined }
      return { toolChoice: { type: 'any' }, allowed }
    }
    case 'NONE':
      return { toolChoice: { type: 'none' }, allowed: undefined }
    default:
      return reject(`${FIELD}.mode`, 'AUTO, ANY, NONE or VALIDATED', mode, 'another word')
  }
}

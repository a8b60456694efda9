import {
  type Json,
  type JsonObject,
  NO_ARGUMENTS,
  noteUnknown,
  optional,
  readArray,
  readBoolean,
  readName,
  readObject,
  readString,
  reject,
  type Tool,
  type ToolChoice,
  type ToolUse,
} from '../core/index.ts'
import { readCustomFormat } from './custom-format.ts'
import { OPENAI_RESPONSES } from './wire.ts'

const FUNCTION_FIELDS = new Set(['type', 'name', 'description', 'parameters', 'strict'])
const CUSTOM_FIELDS = new Set(['type', 'name', 'description', 'format'])

/** `tools` and `tool_choice`. Unlike in OpenAI Chat, a function's fields stand beside its type. */
export function readToolUse(body: JsonObject, unknown: Map<string, Json>): ToolUse {
  const tools = (optional(body.tools, 'tools', readArray) ?? []).map((tool, index) =>
    readTool(tool, `tools[${index}]`, unknown),
  )
  const choice = optional(body.tool_choice, 'tool_choice', readChoice)
  if (choice === undefined) return { tools }
  const { allowed, toolChoice } = choice
  return {
    // Only these may be called, so to leave the others out asks for the same answer in every protocol.
    tools: allowed === undefined ? tools : tools.filter((tool) => allowed.has(nameOf(tool))),
    ...(toolChoice !== undefined && { toolChoice }),
  }
}

function readTool(value: Json, field: string, unknown: Map<string, Json>): Tool {
  const tool = readObject(value, field)
  const type = readName(tool.type, `${field}.type`)
  if (type !== 'function' && type !== 'custom') return { kind: 'server', protocol: OPENAI_RESPONSES, type, value: tool }
  noteUnknown(tool, type === 'function' ? FUNCTION_FIELDS : CUSTOM_FIELDS, 'tools.', unknown)
  const name = readName(tool.name, `${field}.name`)
  const description = optional(tool.description, `${field}.description`, readString)
  if (type === 'custom')
    return {
      kind: 'custom',
      name,
      ...(description !== undefined && { description }),
      ...(tool.format !== undefined && tool.format !== null && { format: readCustomFormat(tool.format) }),
    }
  const strict = optional(tool.strict, `${field}.strict`, readBoolean)
  return {
    kind: 'json',
    name,
    ...(description !== undefined && { description }),
    schema: optional(tool.parameters, `${field}.parameters`, readObject) ?? NO_ARGUMENTS,
    ...(strict !== undefined && { strict }),
  }
}

interface Choice {
  readonly toolChoice?: ToolChoice
  readonly allowed?: ReadonlySet<string>
}

const CHOICES: ReadonlyMap<unknown, ToolChoice> = new Map<unknown, ToolChoice>([
  ['none', { type: 'none' }],
  ['auto', { type: 'auto' }],
  ['required', { type: 'any' }],
])

function readChoice(value: unknown, field: string): Choice {
  const word = CHOICES.get(value)
  if (word !== undefined) return { toolChoice: word }
  if (typeof value === 'string')
    return reject(field, 'none, auto, required or an object with a type', value, 'another word')
  const choice = readObject(value, field)
  const type = readName(choice.type, `${field}.type`)
  if (type === 'function' || type === 'custom')
    return { toolChoice: { type: 'tool', name: readName(choice.name, `${field}.name`) } }
  if (type === 'allowed_tools') return readAllowed(choice, field)
  // A tool of OpenAI's own; the tool itself, which only OpenAI has, decides where such a request can go.
  return {}
}

function readAllowed(choice: JsonObject, field: string): Choice {
  if (choice.mode !== 'auto' && choice.mode !== 'required')
    return reject(`${field}.mode`, 'auto or required', choice.mode)
  const names = readArray(choice.tools, `${field}.tools`).map((item, index) => {
    const place = `${field}.tools[${index}]`
    const tool = readObject(item, place)
    const type = readName(tool.type, `${place}.type`)
    return type === 'function' || type === 'custom' ? `${type} ${readName(tool.name, `${place}.name`)}` : type
  })
  return { toolChoice: { type: choice.mode === 'auto' ? 'auto' : 'any' }, allowed: new Set(names) }
}

/** As `allowed_tools` names a tool. */
function nameOf(tool: Tool): string {
  if (tool.kind === 'server') return tool.type
  return `${tool.kind === 'json' ? 'function' : 'custom'} ${tool.name}`
}

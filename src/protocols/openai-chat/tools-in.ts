import {
  type JsonObject,
  NO_ARGUMENTS,
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

/** `tools` and `tool_choice`, with the deprecated `functions` and `function_call` read as the same. */
export function readToolUse(body: JsonObject): ToolUse {
  const tools = [
    ...(optional(body.tools, 'tools', readArray) ?? []).map((tool, index) => readTool(tool, `tools[${index}]`)),
    ...(optional(body.functions, 'functions', readArray) ?? []).map((item, index) =>
      readFunctionTool(item, `functions[${index}]`),
    ),
    ...webSearch(body),
  ]
  const choice = optional(body.tool_choice, 'tool_choice', readChoice)
  const older = optional(body.function_call, 'function_call', readFunctionChoice)
  const toolChoice = choice?.toolChoice ?? older
  const allowed = choice?.allowed
  return {
    // Only these may be called, so to leave the others out asks for the same answer in every protocol.
    tools: allowed === undefined ? tools : tools.filter((tool) => tool.kind !== 'server' && allowed.has(tool.name)),
    ...(toolChoice !== undefined && { toolChoice }),
  }
}

function readTool(value: unknown, field: string): Tool {
  const tool = readObject(value, field)
  const type = readName(tool.type, `${field}.type`)
  if (type === 'function') return readFunctionTool(tool.function, `${field}.function`)
  if (type !== 'custom') return { kind: 'server', protocol: 'openai-chat', type, value: tool }
  const custom = readObject(tool.custom, `${field}.custom`)
  const description = optional(custom.description, `${field}.custom.description`, readString)
  return {
    kind: 'custom',
    name: readName(custom.name, `${field}.custom.name`),
    ...(description !== undefined && { description }),
    ...(custom.format !== undefined && custom.format !== null && { format: custom.format }),
  }
}

function readFunctionTool(value: unknown, field: string): Tool {
  const tool = readObject(value, field)
  const description = optional(tool.description, `${field}.description`, readString)
  const strict = optional(tool.strict, `${field}.strict`, readBoolean)
  return {
    kind: 'json',
    name: readName(tool.name, `${field}.name`),
    ...(description !== undefined && { description }),
    schema: optional(tool.parameters, `${field}.parameters`, readObject) ?? NO_ARGUMENTS,
    ...(strict !== undefined && { strict }),
  }
}

// A search that OpenAI runs itself, asked for in a field of its own instead of in `tools`.
function webSearch(body: JsonObject): readonly Tool[] {
  const options = optional(body.web_search_options, 'web_search_options', readObject)
  if (options === undefined) return []
  return [{ kind: 'server', protocol: 'openai-chat', type: 'web_search_options', value: options }]
}

interface Choice {
  readonly toolChoice: ToolChoice
  readonly allowed?: ReadonlySet<string>
}

const CHOICES: ReadonlyMap<unknown, ToolChoice> = new Map<unknown, ToolChoice>([
  ['none', { type: 'none' }],
  ['auto', { type: 'auto' }],
  ['required', { type: 'any' }],
  // Mistral's word for it.
  ['any', { type: 'any' }],
])

function readChoice(value: unknown, field: string): Choice {
  const word = CHOICES.get(value)
  if (word !== undefined) return { toolChoice: word }
  const expected = 'none, auto, required or an object with the type function, custom or allowed_tools'
  if (typeof value === 'string') return reject(field, expected, value, 'another word')
  const choice = readObject(value, field)
  if (choice.type === 'function' || choice.type === 'custom')
    return { toolChoice: readNamed(choice[choice.type], `${field}.${choice.type}`) }
  if (choice.type === 'allowed_tools') return readAllowed(choice.allowed_tools, `${field}.allowed_tools`)
  return reject(field, expected, value, 'an object with another type')
}

function readAllowed(value: unknown, field: string): Choice {
  const allowed = readObject(value, field)
  if (allowed.mode !== 'auto' && allowed.mode !== 'required')
    return reject(`${field}.mode`, 'auto or required', allowed.mode)
  const names = readArray(allowed.tools, `${field}.tools`).map((item, index) => {
    const place = `${field}.tools[${index}]`
    const tool = readObject(item, place)
    const kind = tool.type === 'custom' ? 'custom' : 'function'
    return readName(readObject(tool[kind], `${place}.${kind}`).name, `${place}.${kind}.name`)
  })
  return { toolChoice: { type: allowed.mode === 'auto' ? 'auto' : 'any' }, allowed: new Set(names) }
}

function readFunctionChoice(value: unknown, field: string): ToolChoice {
  if (value === 'none' || value === 'auto') return { type: value }
  if (typeof value === 'string') return reject(field, 'none, auto or an object with a name', value, 'another word')
  return readNamed(value, field)
}

function readNamed(value: unknown, field: string): ToolChoice {
  return { type: 'tool', name: readName(readObject(value, field).name, `${field}.name`) }
}

import {
  type CoreRequest,
  type Json,
  type JsonObject,
  type Losses,
  noteUnknown,
  optional,
  readArray,
  readBoolean,
  readObject,
  readString,
  type Tool,
  type ToolChoice,
  unexpected,
} from '../core/index.ts'
import type { Unknown } from './content-in.ts'
import { ANTHROPIC } from './wire.ts'

const KNOWN = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'])
const CHOICE_TYPES = ['auto', 'any', 'none'] as const

/** Servers whose tools Anthropic calls itself stand in a list of their own; the core keeps them among the tools. */
const MCP_SERVER = 'mcp_server'

export function readTools(body: JsonObject, unknown: Unknown): readonly Tool[] {
  const tools = optional(body['tools'], 'tools', readArray) ?? []
  const servers = optional(body['mcp_servers'], 'mcp_servers', readArray) ?? []
  return [
    ...tools.map((tool, index) => readTool(tool, `tools[${index}]`, unknown)),
    ...servers.map((server, index): Tool => {
      const value = readObject(server, `mcp_servers[${index}]`)
      return { kind: 'server', protocol: ANTHROPIC, type: MCP_SERVER, value }
    }),
  ]
}

function readTool(value: Json, field: string, unknown: Unknown): Tool {
  const tool = readObject(value, field)
  const type = optional(tool['type'], `${field}.type`, readString) ?? 'custom'
  // Tools of Anthropic's own, which it runs itself or whose schema only its models know.
  if (type !== 'custom') return { kind: 'server', protocol: ANTHROPIC, type, value: tool }
  noteUnknown(tool, KNOWN, 'tools.', unknown)
  const description = optional(tool['description'], `${field}.description`, readString)
  const strict = optional(tool['strict'], `${field}.strict`, readBoolean)
  const cache = tool['cache_control']
  return {
    kind: 'json',
    name: readString(tool['name'], `${field}.name`),
    schema: readObject(tool['input_schema'], `${field}.input_schema`),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
    ...(cache !== undefined && cache !== null && { cache }),
  }
}

export function readToolChoice(body: JsonObject): Pick<CoreRequest, 'toolChoice' | 'parallelToolCalls'> {
  const choice = optional(body['tool_choice'], 'tool_choice', readObject)
  if (choice === undefined) return {}
  const disabled = optional(choice['disable_parallel_tool_use'], 'tool_choice.disable_parallel_tool_use', readBoolean)
  return { toolChoice: readChoice(choice), ...(disabled !== undefined && { parallelToolCalls: !disabled }) }
}

function readChoice(choice: JsonObject): ToolChoice {
  const field = 'tool_choice.type'
  const word = readString(choice['type'], field)
  if (word === 'tool') return { type: 'tool', name: readString(choice['name'], 'tool_choice.name') }
  const type = CHOICE_TYPES.find((known) => known === word)
  if (type === undefined) throw unexpected(field, 'auto, any, tool or none', 'another word')
  return { type }
}

/**
 * `tools`, `tool_choice` and `mcp_servers`. Anthropic wants the tools of every call in the history declared; where the
 * client declares none (it wants no more calls), they are declared by name alone and forbidden by `tool_choice`.
 */
export function renderTools(request: CoreRequest, losses: Losses): JsonObject {
  const called = request.tools.length === 0 ? calledNames(request) : []
  if (called.length > 0) {
    const tools = called.map((name) => ({ name, input_schema: { type: 'object' } }))
    return { tools, tool_choice: { type: 'none' } }
  }
  const tools: JsonObject[] = []
  const servers: JsonObject[] = []
  for (const [index, tool] of request.tools.entries()) {
    if (tool.kind === 'server' && tool.type === MCP_SERVER && tool.protocol === ANTHROPIC) servers.push(tool.value)
    else tools.push(renderTool(tool, `tools[${index}]`, losses))
  }
  const choice = renderToolChoice(request)
  return {
    ...(tools.length > 0 && { tools }),
    ...(tools.length > 0 && choice !== undefined && { tool_choice: choice }),
    ...(servers.length > 0 && { mcp_servers: servers }),
  }
}

function calledNames(request: CoreRequest): readonly string[] {
  const names = new Set<string>()
  for (const { content } of request.messages)
    for (const part of content) if (part.type === 'tool-call' && part.kind === 'json') names.add(part.name)
  return [...names]
}

function renderTool(tool: Tool, field: string, losses: Losses): JsonObject {
  switch (tool.kind) {
    case 'json':
      return {
        name: tool.name,
        ...(tool.description !== undefined && { description: tool.description }),
        // Anthropic insists on the word; a schema without it can only mean an object of arguments.
        input_schema: tool.schema['type'] === undefined ? { type: 'object', ...tool.schema } : tool.schema,
        ...(tool.strict !== undefined && { strict: tool.strict }),
        ...(tool.cache !== undefined && { cache_control: tool.cache }),
      }
    case 'custom':
      return losses.refuse('custom-tools', field)
    case 'server':
      if (tool.protocol !== ANTHROPIC) return losses.refuse('server-tools', field)
      return tool.value
  }
}

function renderToolChoice({ toolChoice, parallelToolCalls }: CoreRequest): JsonObject | undefined {
  const single = parallelToolCalls === false
  if (toolChoice === undefined) return single ? { type: 'auto', disable_parallel_tool_use: true } : undefined
  // `none` has no such switch.
  return { ...toolChoice, ...(single && toolChoice.type !== 'none' && { disable_parallel_tool_use: true }) }
}

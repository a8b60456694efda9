import { type CoreRequest, type Json, type JsonObject, type Losses, type Tool, type ToolChoice } from '../core/index.ts'
import type { WireTool } from './wire.ts'

/** `tools` with the fields that OpenAI refuses without them; nothing where there are none. */
export function renderToolUse(request: CoreRequest, losses: Losses): JsonObject {
  const search = request.tools.find(isWebSearch)
  const tools = request.tools.filter((tool) => !isWebSearch(tool))
  return {
    ...(search?.kind === 'server' && { web_search_options: search.value }),
    ...(tools.length > 0 && {
      tools: tools.map((tool, index) => renderTool(tool, `tools[${index}]`, losses)),
      ...(request.toolChoice !== undefined && { tool_choice: renderChoice(request.toolChoice, tools) }),
      ...(request.parallelToolCalls !== undefined && { parallel_tool_calls: request.parallelToolCalls }),
    }),
  }
}

/** A field of its own in this protocol; see `tools-in.ts`. */
function isWebSearch(tool: Tool): boolean {
  return tool.kind === 'server' && tool.protocol === 'openai-chat' && tool.type === 'web_search_options'
}

function renderTool(tool: Tool, field: string, losses: Losses): WireTool {
  switch (tool.kind) {
    case 'json': {
      if (tool.cache !== undefined) losses.drop('cache-control')
      const { name, description, schema, strict } = tool
      return {
        type: 'function',
        function: {
          name,
          ...(description !== undefined && { description }),
          parameters: schema,
          ...(strict !== undefined && { strict }),
        },
      }
    }
    case 'custom': {
      const { name, description, format } = tool
      return {
        type: 'custom',
        custom: { name, ...(description !== undefined && { description }), ...(format !== undefined && { format }) },
      }
    }
    case 'server':
      if (tool.protocol === 'openai-chat') return tool.value
      return losses.refuse('server-tools', field)
  }
}

function renderChoice(choice: ToolChoice, tools: readonly Tool[]): Json {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return choice.type
    case 'any':
      return 'required'
    case 'tool': {
      const isCustom = tools.some((tool) => tool.kind === 'custom' && tool.name === choice.name)
      const named = { name: choice.name }
      return isCustom ? { type: 'custom', custom: named } : { type: 'function', function: named }
    }
  }
}

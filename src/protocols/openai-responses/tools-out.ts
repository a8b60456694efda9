import { type CoreRequest, type Json, type JsonObject, type Losses, type Tool, type ToolChoice } from '../core/index.ts'
import { renderCustomFormat } from './custom-format.ts'
import { OPENAI_RESPONSES } from './wire.ts'

/** `tools` with the fields that OpenAI refuses without them; nothing where there are none. */
export function renderToolUse(request: CoreRequest, losses: Losses): JsonObject {
  const { tools, toolChoice, parallelToolCalls } = request
  if (tools.length === 0) return {}
  return {
    tools: tools.map((tool, index) => renderTool(tool, `tools[${index}]`, losses)),
    ...(toolChoice !== undefined && { tool_choice: renderChoice(toolChoice, tools) }),
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
  }
}

function renderTool(tool: Tool, field: string, losses: Losses): JsonObject {
  switch (tool.kind) {
    case 'json': {
      if (tool.cache !== undefined) losses.drop('cache-control')
      const { name, description, schema, strict } = tool
      return {
        type: 'function',
        name,
        ...(description !== undefined && { description }),
        parameters: schema,
        // Strict is the default here and nowhere else, and refuses many a schema.
        // https://platform.openai.com/docs/guides/migrate-to-responses
        strict: strict ?? false,
      }
    }
    case 'custom': {
      const { name, description, format } = tool
      return {
        type: 'custom',
        name,
        ...(description !== undefined && { description }),
        ...(format !== undefined && { format: renderCustomFormat(format) }),
      }
    }
    case 'server':
      if (tool.protocol === OPENAI_RESPONSES) return tool.value
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
      return { type: isCustom ? 'custom' : 'function', name: choice.name }
    }
  }
}

import type { CoreRequest, JsonObject, Losses, Tool } from '../core/index.ts'
import { renderToolUse as renderTools, type ToolWords } from '../openai/index.ts'
import type { WireTool } from './wire.ts'

const WORDS: ToolWords = {
  tool: renderTool,
  named: (kind, name) => ({ type: kind, [kind]: { name } }),
}

export function renderToolUse(request: CoreRequest, losses: Losses): JsonObject {
  const search = request.tools.find(isWebSearch)
  const tools = request.tools.filter((tool) => !isWebSearch(tool))
  return {
    ...(search?.kind === 'server' && { web_search_options: search.value }),
    ...renderTools({ ...request, tools }, losses, WORDS),
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

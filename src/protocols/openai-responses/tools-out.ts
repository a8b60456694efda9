import type { CoreRequest, JsonObject, Losses, Tool } from '../core/index.ts'
import { renderToolUse as renderTools, type ToolWords } from '../openai/index.ts'
import { renderCustomFormat } from './custom-format.ts'
import { OPENAI_RESPONSES } from './wire.ts'

const WORDS: ToolWords = { tool: renderTool, named: (type, name) => ({ type, name }) }

export function renderToolUse(request: CoreRequest, losses: Losses): JsonObject {
  return renderTools(request, losses, WORDS)
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

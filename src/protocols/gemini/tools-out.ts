import {
  type CoreRequest,
  isJsonObject,
  type JsonObject,
  type Losses,
  type Tool,
  type ToolChoice,
} from '../core/index.ts'
import { GEMINI } from './wire.ts'

/** `tools` and `toolConfig`; nothing where there are none. */
export function renderToolUse(request: CoreRequest, losses: Losses): JsonObject {
  const { tools, toolChoice } = request
  const declarations: JsonObject[] = []
  const own: JsonObject[] = []
  for (const [index, tool] of tools.entries()) {
    if (tool.kind === 'json') declarations.push(renderDeclaration(tool, losses))
    else if (tool.kind === 'custom') losses.refuse('custom-tools', `tools[${index}]`)
    else if (tool.protocol === GEMINI) own.push(tool.value)
    else losses.refuse('server-tools', `tools[${index}]`)
  }
  if (declarations.length > 0 && request.parallelToolCalls === false) losses.drop('single-call')
  const wire = [...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []), ...own]
  return {
    ...(wire.length > 0 && { tools: wire }),
    ...(declarations.length > 0 &&
      toolChoice !== undefined && { toolConfig: { functionCallingConfig: renderChoice(toolChoice) } }),
  }
}

type JsonTool = Extract<Tool, { kind: 'json' }>

/**
 * The arguments as JSON Schema: `parameters` takes Google's own dialect only, refuses words that it does not know
 * (`$schema`, `additionalProperties`, `$ref`, …) with 400, and cannot say most of what other protocols' schemas say.
 */
function renderDeclaration(tool: JsonTool, losses: Losses): JsonObject {
  if (tool.cache !== undefined) losses.drop('cache-control')
  if (tool.strict === true) losses.drop('strict-tools')
  return {
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    parametersJsonSchema: renderSchema(tool.schema),
  }
}

/** Of the root only: which draft it is written in says nothing to Google, and arguments are always an object. */
function renderSchema(schema: JsonObject): JsonObject {
  const { $schema: _, ...rest } = schema
  const typed = rest.type === undefined ? { type: 'object', ...rest } : rest
  return isJsonObject(typed.properties) ? typed : { ...typed, properties: {} }
}

function renderChoice(choice: ToolChoice): JsonObject {
  switch (choice.type) {
    case 'auto':
      return { mode: 'AUTO' }
    case 'any':
      return { mode: 'ANY' }
    case 'none':
      return { mode: 'NONE' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] }
  }
}

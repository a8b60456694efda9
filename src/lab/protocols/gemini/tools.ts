import { invalidArgument } from './errors.ts'
import { isRecord, isRecordList, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import type { JsonSchema, PromptTool, ToolChoice } from '../../model/prompt.ts'

const FUNCTION_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/

/** The functions of a request. Tools that Google runs itself are accepted and never called. */
export function readGeminiTools(tools: unknown): PromptTool[] {
  const names = new Set<string>()
  return (isRecordList(tools) ? tools : []).flatMap((tool, toolIndex) => {
    const declared = isRecordList(tool['functionDeclarations']) ? tool['functionDeclarations'] : []
    return declared.map((declaration, index): PromptTool => {
      const at = `GenerateContentRequest.tools[${toolIndex}].function_declarations[${index}]`
      const name = stringOr(declaration['name'])
      if (!FUNCTION_NAME.test(name)) {
        throw invalidArgument(
          `* ${at}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.\n`,
        )
      }
      if (names.has(name)) throw invalidArgument(`Duplicate function declaration found: ${name}`)
      names.add(name)
      const { parameters, parametersJsonSchema } = declaration
      if (parameters !== undefined && parametersJsonSchema !== undefined) {
        throw invalidArgument(`* ${at}: only one of parameters and parameters_json_schema may be set.\n`)
      }
      const schema = isRecord(parametersJsonSchema) ? parametersJsonSchema : toJsonSchema(recordOr(parameters))
      return { kind: 'json', name, description: stringOr(declaration['description']), schema: objectSchema(schema) }
    })
  })
}

/** `toolConfig.functionCallingConfig`; allowed names narrow the tools themselves. */
export function readGeminiToolChoice(
  config: JsonRecord,
  tools: readonly PromptTool[],
): { readonly toolChoice: ToolChoice; readonly tools: readonly PromptTool[] } {
  const { mode = 'AUTO', allowedFunctionNames } = recordOr(config['functionCallingConfig'])
  const allowed = Array.isArray(allowedFunctionNames) ? (allowedFunctionNames as unknown[]) : []
  const unknown = allowed.find((name) => !tools.some((tool) => tool.name === name))
  if (unknown !== undefined) {
    throw invalidArgument(`allowed_function_names contains a function that is not declared: ${String(unknown)}`)
  }
  if (allowed.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED') {
    throw invalidArgument('Allowed function names may only be set when the function calling mode is ANY or VALIDATED.')
  }
  const narrowed = allowed.length > 0 ? tools.filter((tool) => allowed.includes(tool.name)) : tools
  switch (mode) {
    case 'AUTO':
    case 'VALIDATED':
    case 'MODE_UNSPECIFIED':
      return { toolChoice: { kind: 'auto' }, tools: narrowed }
    case 'NONE':
      return { toolChoice: { kind: 'none' }, tools }
    case 'ANY':
      return { toolChoice: { kind: 'any' }, tools: narrowed }
    default:
      throw invalidArgument(
        `Invalid value at 'tool_config.function_calling_config.mode' (type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode), ${JSON.stringify(mode)}`,
      )
  }
}

/** Google's schema, whose types are in capitals, as a JSON Schema. */
export function toJsonSchema(schema: JsonRecord): JsonSchema {
  const converted: Record<string, unknown> = { ...schema }
  if (typeof schema['type'] === 'string') converted['type'] = schema['type'].toLowerCase()
  if (isRecord(schema['properties'])) {
    converted['properties'] = Object.fromEntries(
      Object.entries(schema['properties']).map(([name, part]) => [name, toJsonSchema(recordOr(part))]),
    )
  }
  if (isRecord(schema['items'])) converted['items'] = toJsonSchema(schema['items'])
  if (isRecordList(schema['anyOf'])) converted['anyOf'] = schema['anyOf'].map(toJsonSchema)
  return converted
}

function objectSchema(schema: JsonSchema): JsonSchema {
  return { type: 'object', ...schema }
}

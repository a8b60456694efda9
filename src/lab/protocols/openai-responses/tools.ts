import { checkStrictSchema } from '../openai-chat/tools.ts'
import { isRecord, isRecordList, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import { invalidParameter, missingParameter, wrongType } from '../openai/errors.ts'
import type { PromptTool, ToolChoice } from '../../model/prompt.ts'

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/

// Tools that the provider runs itself. They are accepted and never called.
const HOSTED_TOOLS = new Set(
  `file_search computer computer_use computer_use_preview web_search web_search_2025_08_26 web_search_preview
   web_search_preview_2025_03_11 mcp code_interpreter programmatic_tool_calling image_generation local_shell shell
   tool_search apply_patch`.split(/\s+/),
)

/** The caller's own tools, flat as this protocol has them; those of a namespace know its name. */
export function readResponsesTools(tools: unknown): PromptTool[] {
  if (tools === undefined || tools === null) return []
  if (!isRecordList(tools)) throw wrongType('tools', 'an array of objects', tools)
  return tools.flatMap((tool, index) => readTool(tool, `tools[${index}]`))
}

/** `tool_choice`; a list of allowed tools narrows the tools themselves. */
export function readResponsesToolChoice(
  choice: unknown,
  tools: readonly PromptTool[],
): { readonly toolChoice: ToolChoice; readonly tools: readonly PromptTool[] } {
  if (choice === undefined || choice === null || choice === 'auto') return { toolChoice: { kind: 'auto' }, tools }
  if (choice === 'none') return { toolChoice: { kind: 'none' }, tools }
  if (choice === 'required') return { toolChoice: { kind: 'any' }, tools }
  const { type, name, mode, tools: allowed } = recordOr(choice)
  if (type === 'allowed_tools') {
    const names = (isRecordList(allowed) ? allowed : []).map((tool) => tool['name'])
    return {
      toolChoice: { kind: mode === 'required' ? 'any' : 'auto' },
      tools: tools.filter((tool) => names.includes(tool.name)),
    }
  }
  if (typeof type === 'string' && HOSTED_TOOLS.has(type)) return { toolChoice: { kind: 'auto' }, tools }
  if (type !== 'function' && type !== 'custom') {
    throw invalidParameter(
      `Invalid value: '${typeof choice === 'string' ? choice : String(type)}'. Supported values are: 'none', 'auto', and 'required'.`,
      'tool_choice',
      'invalid_value',
    )
  }
  if (typeof name !== 'string') throw missingParameter('tool_choice.name')
  if (!tools.some((tool) => tool.name === name)) {
    throw invalidParameter(`Tool choice '${type}' not found in 'tools' parameter.`, 'tool_choice')
  }
  return { toolChoice: { kind: 'named', name }, tools }
}

function readTool(tool: JsonRecord, at: string): PromptTool[] {
  const { type } = tool
  if (typeof type === 'string' && HOSTED_TOOLS.has(type)) return []
  if (type === 'namespace') {
    const namespace = nameOf(tool, at)
    if (!isRecordList(tool['tools'])) throw missingParameter(`${at}.tools`)
    return tool['tools'].flatMap((inner, index) =>
      readTool(inner, `${at}.tools[${index}]`).map((read) => ({ ...read, namespace })),
    )
  }
  if (type !== 'function' && type !== 'custom') {
    throw invalidParameter(
      `Invalid value: '${String(type)}'. Supported values are: 'function', 'custom', 'namespace', 'mcp', 'web_search', and others.`,
      `${at}.type`,
      'invalid_value',
    )
  }
  const name = nameOf(tool, at)
  const description = stringOr(tool['description'])
  if (type === 'custom') return [{ kind: 'free-form', name, description }]
  const schema = tool['parameters'] ?? { type: 'object', properties: {} }
  if (!isRecord(schema) || (schema['type'] !== undefined && schema['type'] !== 'object')) {
    throw invalidParameter(
      `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"'.`,
      `${at}.parameters`,
      'invalid_function_parameters',
    )
  }
  if (tool['strict'] === true) checkStrictSchema(schema, `function '${name}'`, `${at}.parameters`)
  return [{ kind: 'json', name, description, schema: { type: 'object', ...schema } }]
}

function nameOf({ name }: JsonRecord, at: string): string {
  if (name === undefined) throw missingParameter(`${at}.name`)
  if (typeof name === 'string' && TOOL_NAME.test(name)) return name
  throw invalidParameter(
    `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    `${at}.name`,
    'invalid_value',
  )
}

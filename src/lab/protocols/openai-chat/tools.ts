import { invalidParameter, missingParameter, wrongType } from '../openai/errors.ts'
import { isRecord, isRecordList, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import type { PromptTool, ToolChoice } from '../../model/prompt.ts'

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** The tools of a request: functions with JSON arguments, and custom tools that take free text. */
export function readChatTools(tools: unknown): PromptTool[] {
  if (tools === undefined || tools === null) return []
  if (!isRecordList(tools)) throw wrongType('tools', 'an array of objects', tools)
  if (tools.length === 0) {
    throw invalidParameter(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'tools',
      'empty_array',
    )
  }
  return tools.map((tool, index) => readTool(tool, `tools[${index}]`))
}

/** `tool_choice`; a list of allowed tools narrows the tools themselves. */
export function readChatToolChoice(
  choice: unknown,
  tools: readonly PromptTool[],
): { readonly toolChoice: ToolChoice; readonly tools: readonly PromptTool[] } {
  if (choice === undefined || choice === null) return { toolChoice: { kind: 'auto' }, tools }
  if (tools.length === 0 && choice !== 'none') {
    throw invalidParameter(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      'tool_choice',
    )
  }
  if (choice === 'none' || choice === 'auto') return { toolChoice: { kind: choice }, tools }
  if (choice === 'required') return { toolChoice: { kind: 'any' }, tools }
  const record = recordOr(choice)
  if (record['type'] === 'allowed_tools') return allowedTools(recordOr(record['allowed_tools']), tools)
  const name = recordOr(record['function'] ?? record['custom'])['name']
  if (typeof name !== 'string') {
    throw invalidParameter(
      `Invalid value: '${typeof choice === 'string' ? choice : JSON.stringify(choice)}'. Supported values are: 'none', 'auto', and 'required'.`,
      'tool_choice',
      'invalid_value',
    )
  }
  if (!tools.some((tool) => tool.name === name)) {
    throw invalidParameter(
      `Invalid value for 'tool_choice': no function named '${name}' was specified in the 'tools' parameter.`,
      'tool_choice',
    )
  }
  return { toolChoice: { kind: 'named', name }, tools }
}

function readTool(tool: JsonRecord, at: string): PromptTool {
  const type = tool['type']
  if (type !== 'function' && type !== 'custom') {
    throw invalidParameter(
      `Invalid value: '${String(type)}'. Supported values are: 'function' and 'custom'.`,
      `${at}.type`,
      'invalid_value',
    )
  }
  const definition = tool[type]
  const name = recordOr(definition)['name']
  if (!isRecord(definition) || name === undefined) {
    throw missingParameter(`${at}.${type}.name`)
  }
  if (typeof name !== 'string' || !TOOL_NAME.test(name)) {
    throw invalidParameter(
      `Invalid '${at}.${type}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${at}.${type}.name`,
      'invalid_value',
    )
  }
  const description = stringOr(definition['description'])
  if (type === 'custom') return { kind: 'free-form', name, description }
  const schema = definition['parameters'] ?? { type: 'object', properties: {} }
  if (!isRecord(schema) || (schema['type'] !== undefined && schema['type'] !== 'object')) {
    throw invalidParameter(
      `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"'.`,
      `${at}.function.parameters`,
      'invalid_function_parameters',
    )
  }
  if (definition['strict'] === true) checkStrictSchema(schema, `function '${name}'`, `${at}.function.parameters`)
  return { kind: 'json', name, description, schema: { type: 'object', ...schema } }
}

/** A strict schema forbids what it does not name, and requires what it names. */
export function checkStrictSchema(schema: JsonRecord, owner: string, param: string): void {
  const code = owner.startsWith('function') ? 'invalid_function_parameters' : undefined
  if (schema['additionalProperties'] !== false) {
    throw invalidParameter(
      `Invalid schema for ${owner}: In context=(), 'additionalProperties' is required to be supplied and to be false.`,
      param,
      code,
    )
  }
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : []
  const missing = Object.keys(recordOr(schema['properties'])).find((name) => !required.includes(name))
  if (missing !== undefined) {
    throw invalidParameter(
      `Invalid schema for ${owner}: In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
      param,
      code,
    )
  }
}

function allowedTools(
  allowed: JsonRecord,
  tools: readonly PromptTool[],
): { readonly toolChoice: ToolChoice; readonly tools: readonly PromptTool[] } {
  const names = (isRecordList(allowed['tools']) ? allowed['tools'] : []).map(
    (tool) => recordOr(tool['function'] ?? tool['custom'])['name'],
  )
  return {
    toolChoice: { kind: allowed['mode'] === 'required' ? 'any' : 'auto' },
    tools: tools.filter((tool) => names.includes(tool.name)),
  }
}

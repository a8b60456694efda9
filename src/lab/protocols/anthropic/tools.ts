import { invalid } from './errors.ts'
import { isRecord, isRecordList, recordOr, stringOr } from '../../json-checks.ts'
import type { PromptTool, ToolChoice } from '../../model/prompt.ts'

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/

/** The caller's own tools. Tools that the provider would run itself are accepted and never called. */
export function readAnthropicTools(tools: unknown): PromptTool[] {
  if (tools === undefined || tools === null) return []
  if (!isRecordList(tools)) throw invalid('tools: Input should be a valid list')
  const names = new Set<string>()
  const read: PromptTool[] = []
  for (const [index, tool] of tools.entries()) {
    const name = stringOr(tool['name'])
    if (!TOOL_NAME.test(name)) {
      throw invalid(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
    }
    if (names.has(name)) throw invalid('tools: Tool names must be unique.')
    names.add(name)
    const isOwn = tool['type'] === undefined || tool['type'] === null || tool['type'] === 'custom'
    if (!isOwn) continue
    const schema = tool['input_schema']
    if (!isRecord(schema)) throw invalid(`tools.${index}.custom.input_schema: Field required`)
    if (schema['type'] !== 'object') throw invalid(`tools.${index}.custom.input_schema.type: Input should be 'object'`)
    read.push({ kind: 'json', name, description: stringOr(tool['description']), schema })
  }
  return read
}

/** `tool_choice`, with whether several calls at once are allowed. */
export function readAnthropicToolChoice(
  choice: unknown,
  tools: readonly PromptTool[],
  hasTools: boolean,
): { readonly toolChoice: ToolChoice; readonly parallel: boolean } {
  if (choice === undefined || choice === null) return { toolChoice: { kind: 'auto' }, parallel: true }
  if (!hasTools) throw invalid('tool_choice: tool_choice may only be specified while providing tools')
  const { type, name, disable_parallel_tool_use: isSingle } = recordOr(choice)
  const parallel = isSingle !== true
  switch (type) {
    case 'auto':
    case 'any':
    case 'none':
      return { toolChoice: { kind: type }, parallel }
    case 'tool':
      if (typeof name !== 'string') throw invalid('tool_choice.tool.name: Field required')
      if (!tools.some((tool) => tool.name === name)) throw invalid(`Tool '${name}' not found in provided tools`)
      return { toolChoice: { kind: 'named', name }, parallel }
    default:
      throw invalid(
        `tool_choice: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'`,
      )
  }
}

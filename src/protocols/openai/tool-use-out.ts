import type { CoreRequest, Json, JsonObject, Losses, Tool, ToolChoice } from '../core/index.ts'

/** What OpenAI's two protocols write differently. */
export interface ToolWords {
  readonly tool: (tool: Tool, field: string, losses: Losses) => Json
  /** The one tool that has to be called. */
  readonly named: (kind: 'function' | 'custom', name: string) => Json
}

/** `tools` with the fields that OpenAI refuses without them; nothing where there are none. */
export function renderToolUse(
  { tools, toolChoice, parallelToolCalls }: Pick<CoreRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'>,
  losses: Losses,
  words: ToolWords,
): JsonObject {
  if (tools.length === 0) return {}
  return {
    tools: tools.map((tool, index) => words.tool(tool, `tools[${index}]`, losses)),
    ...(toolChoice !== undefined && { tool_choice: renderChoice(toolChoice, tools, words) }),
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
  }
}

function renderChoice(choice: ToolChoice, tools: readonly Tool[], { named }: ToolWords): Json {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return choice.type
    case 'any':
      return 'required'
    case 'tool': {
      const isCustom = tools.some((tool) => tool.kind === 'custom' && tool.name === choice.name)
      return named(isCustom ? 'custom' : 'function', choice.name)
    }
  }
}

/** A program below `examples/`, and what it says when all is well. */
export interface Example {
  readonly path: string
  readonly says: RegExp
}

/** Said by examples whose answer is proven; never without one. */
export const COMPLETE: RegExp = /\bComplete\b/

/** A customer's text of some length. */
const TEXT = String.raw`(?:\S+\s+){5,}\S+`
const TOOL_RESULT = /Order \d{4} left the warehouse this morning/

/** Every program of `examples/`, but those that run the gateway inside themselves: they are tested with the package. */
export const EXAMPLES: readonly Example[] = [
  { path: 'openai-sdk/chat.mjs', says: new RegExp(`${TEXT}\n\nComplete`) },
  { path: 'openai-sdk/responses.mjs', says: new RegExp(`${TEXT}\n\nComplete`) },
  { path: 'anthropic-sdk/tool.mjs', says: TOOL_RESULT },
  { path: 'google-genai/function.mjs', says: TOOL_RESULT },
  { path: 'vercel-ai-sdk/tool.mjs', says: TOOL_RESULT },
  {
    path: 'langchain/three-models.mjs',
    says: new RegExp(
      ['ChatOpenAI', 'ChatAnthropic', 'ChatGoogleGenerativeAI'].map((name) => `${name}: ${TEXT}\n`).join('[^]*'),
    ),
  },
  {
    path: 'langgraph/fallback-node.mjs',
    says: /from the primary node: \{[^]*ticket_id: '[^]+sentiment: '[^]+reply: '/,
  },
  { path: 'langgraph/hand-off.mjs', says: new RegExp(`action: '(?:reply|refund|escalate)'[^]*Complete. ${TEXT}`) },
]

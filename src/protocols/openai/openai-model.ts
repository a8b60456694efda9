// `gpt-4o`, `openai/o3-mini`, `ft:gpt-4.1:…`, `chatgpt-4o-latest`; not `gpt-oss-120b`, which OpenAI publishes and others serve.
const OPENAI_MODEL = /^(openai\/)?(ft:)?(gpt-(?!oss)|chatgpt-|codex-|o\d)/

/**
 * Whether a model is one of OpenAI's own. Two fields hang on it, since most hosts of this protocol know an older or
 * smaller form of it and some refuse any field that they don't know:
 * - the limit is `max_completion_tokens` at OpenAI, whose reasoning models refuse `max_tokens`; elsewhere `max_tokens`,
 *   since Mistral and older vLLM answer 422 or 400 to the newer name and DeepSeek ignores it without a word, while
 *   every host knows the older one;
 * - `user` is sent to OpenAI alone.
 */
export function isOpenAiModel(model: string): boolean {
  return OPENAI_MODEL.test(model)
}

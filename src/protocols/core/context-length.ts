// Only what says that this input is too long for this model: a larger window is then looked for. A message that merely
// mentions a context or its length may be about anything.
const SAYINGS: readonly RegExp[] = [
  // Anthropic; Bedrock.
  /(?:prompt|input) is too long/i,
  // vLLM, DeepSeek, OpenRouter, Mistral; xAI.
  /maximum (?:context|prompt) length/i,
  // llama.cpp and others.
  /context (?:length|window|size) (?:is )?exceeded/i,
  // Anthropic ("exceed context limit"); OpenAI ("exceeds the context window"); llama.cpp.
  /exceeds? (?:(?:the|this|its|available|maximum|model['’]?s?) )*context (?:window|length|limit|size)/i,
  // Text Generation Inference.
  /`max_new_tokens` must be <=/i,
  // Alibaba.
  /range of input length should be/i,
  // Google.
  /input token count.{0,40}exceeds the maximum/i,
  // Moonshot.
  /exceeded model token limit/i,
  // OpenAI and Groq.
  /reduce the length of (?:the|your) (?:messages|prompt|input)/i,
]

/** Whether a provider's message says that the request was too long for its model's context. */
export function saysContextLength(message: string): boolean {
  return SAYINGS.some((saying) => saying.test(message))
}

/** The protocols that the simulated providers speak. */
export type ProtocolName = 'anthropic' | 'openai-chat' | 'openai-responses' | 'gemini'

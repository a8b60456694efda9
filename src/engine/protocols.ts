import { anthropic } from '../protocols/anthropic/index.ts'
import type { Protocol, ProtocolName } from '../protocols/core/index.ts'
import { gemini } from '../protocols/gemini/index.ts'
import { openAiChat } from '../protocols/openai-chat/index.ts'
import { openAiResponses } from '../protocols/openai-responses/index.ts'

/** Every protocol by the name that the configuration has for it. */
export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  anthropic,
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  gemini,
}

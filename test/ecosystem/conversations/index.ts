import { anthropic } from './anthropic.ts'
import type { ChatClient } from './conversation.ts'
import { google } from './google.ts'
import { langchain } from './langchain.ts'
import { langgraph } from './langgraph.ts'
import { openAiChat } from './openai-chat.ts'
import { openAiResponses } from './openai-responses.ts'
import { vercel } from './vercel.ts'

/** Every client library in an application. */
export const CHAT_CLIENTS: readonly ChatClient[] = [
  openAiChat,
  openAiResponses,
  anthropic,
  google,
  ...vercel,
  ...langchain,
  ...langgraph,
]

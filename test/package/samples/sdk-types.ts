import Anthropic from '@anthropic-ai/sdk'
import { createFullstop } from 'fullstop'
import OpenAI from 'openai'

const { fetch } = await createFullstop()
void [new OpenAI({ fetch }), new Anthropic({ fetch })]

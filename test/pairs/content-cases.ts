import { ask, askAfter, askWith } from './asking.ts'
import type { LossCase } from './loss-case.ts'

const PNG = 'iVBORw0KGgo='
const PDF = 'JVBERi0xLjQ='
const URL = 'https://example.org/a'
const dataUrl = (mediaType: string, data: string): string => `data:${mediaType};base64,${data}`
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const image = {
  anthropic: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
  'openai-chat': { type: 'image_url', image_url: { url: dataUrl('image/png', PNG) } },
  'openai-responses': { type: 'input_image', image_url: dataUrl('image/png', PNG) },
  gemini: { inlineData: { mimeType: 'image/png', data: PNG } },
} as const
const imageByUrl = {
  anthropic: { type: 'image', source: { type: 'url', url: `${URL}.png` } },
  'openai-chat': { type: 'image_url', image_url: { url: `${URL}.png` } },
  'openai-responses': { type: 'input_image', image_url: `${URL}.png` },
  gemini: { fileData: { mimeType: 'image/png', fileUri: `${URL}.png` } },
} as const
const pdf = {
  anthropic: { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF } },
  gemini: { inlineData: { mimeType: 'application/pdf', data: PDF } },
} as const

/** As `due` where the parts stand behind the question. */
const withParts = {
  anthropic: (...parts: readonly object[]) => ({ messages: [{ content: [{ text: 'How is it?' }, ...parts] }] }),
  'openai-chat': (...parts: readonly object[]) => ({ messages: [{ content: [{ text: 'How is it?' }, ...parts] }] }),
  'openai-responses': (...parts: readonly object[]) => ({ input: [{ content: [{ text: 'How is it?' }, ...parts] }] }),
  gemini: (...parts: readonly object[]) => ({ contents: [{ parts: [{ text: 'How is it?' }, ...parts] }] }),
}

/** System prompts, what was said, pictures, documents, sound. */
export const CONTENT_CASES: readonly LossCase[] = [
  {
    row: 'text',
    name: 'a system prompt',
    asks: {
      anthropic: ask.anthropic({ system: 'Be brief.' }),
      'openai-chat': askAfter['openai-chat']({ role: 'developer', content: 'Be brief.' }),
      'openai-responses': ask['openai-responses']({ instructions: 'Be brief.' }),
      gemini: ask.gemini({ systemInstruction: { parts: [{ text: 'Be brief.' }] } }),
    },
    due: {
      anthropic: { system: [{ type: 'text', text: 'Be brief.' }], messages: [{ role: 'user' }] },
      'openai-chat': {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'How is it?' },
        ],
      },
      'openai-responses': { instructions: 'Be brief.', input: [{ role: 'user', content: 'How is it?' }] },
      gemini: {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [{ role: 'user', parts: [{ text: 'How is it?' }] }],
      },
    },
  },
  {
    row: 'text',
    name: 'several turns',
    asks: {
      anthropic: askAfter.anthropic({ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello 👋' }),
      'openai-chat': askAfter['openai-chat'](
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello 👋' },
      ),
      'openai-responses': askAfter['openai-responses'](
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Hello 👋', annotations: [] }] },
      ),
      gemini: askAfter.gemini(
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello' }, { text: ' 👋' }] },
      ),
    },
    due: {
      anthropic: {
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
          { role: 'assistant', content: [{ type: 'text', text: 'Hello 👋' }] },
          { role: 'user', content: [{ type: 'text', text: 'How is it?' }] },
        ],
      },
      'openai-chat': {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello 👋' },
          { role: 'user', content: 'How is it?' },
        ],
      },
      'openai-responses': {
        input: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello 👋' },
          { role: 'user', content: 'How is it?' },
        ],
      },
      gemini: {
        contents: [
          { role: 'user', parts: [{ text: 'Hi' }] },
          { role: 'model', parts: [{ text: 'Hello 👋' }] },
          { role: 'user', parts: [{ text: 'How is it?' }] },
        ],
      },
    },
  },
  {
    row: 'text',
    name: 'a refusal in the history',
    asks: {
      'openai-chat': askAfter['openai-chat'](
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: null, refusal: 'No.' },
      ),
      'openai-responses': askAfter['openai-responses'](
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      ),
    },
    due: {
      anthropic: { messages: [{}, { role: 'assistant', content: [{ type: 'text', text: 'No.' }] }, {}] },
      'openai-chat': { messages: [{}, { role: 'assistant', refusal: 'No.' }, {}] },
      'openai-responses': { input: [{}, { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }, {}] },
      gemini: { contents: [{}, { role: 'model', parts: [{ text: 'No.' }] }, {}] },
    },
  },
  {
    row: 'images',
    name: 'inline',
    asks: {
      anthropic: askWith.anthropic(image.anthropic),
      'openai-chat': askWith['openai-chat'](image['openai-chat']),
      'openai-responses': askWith['openai-responses'](image['openai-responses']),
      gemini: askWith.gemini(image.gemini),
    },
    due: {
      anthropic: withParts.anthropic(image.anthropic),
      'openai-chat': withParts['openai-chat'](image['openai-chat']),
      'openai-responses': withParts['openai-responses'](image['openai-responses']),
      gemini: withParts.gemini(image.gemini),
    },
  },
  {
    row: 'images',
    name: 'by URL',
    asks: {
      anthropic: askWith.anthropic(imageByUrl.anthropic),
      'openai-chat': askWith['openai-chat'](imageByUrl['openai-chat']),
      'openai-responses': askWith['openai-responses'](imageByUrl['openai-responses']),
      gemini: askWith.gemini(imageByUrl.gemini),
    },
    due: {
      anthropic: withParts.anthropic(imageByUrl.anthropic),
      'openai-chat': withParts['openai-chat'](imageByUrl['openai-chat']),
      'openai-responses': withParts['openai-responses'](imageByUrl['openai-responses']),
      gemini: withParts.gemini(imageByUrl.gemini),
    },
  },
  {
    row: 'image-detail',
    asks: {
      'openai-chat': askWith['openai-chat']({
        type: 'image_url',
        image_url: { url: dataUrl('image/png', PNG), detail: 'low' },
      }),
      'openai-responses': askWith['openai-responses']({ ...image['openai-responses'], detail: 'low' }),
    },
    due: {
      anthropic: withParts.anthropic(image.anthropic),
      'openai-chat': withParts['openai-chat']({ image_url: { detail: 'low' } }),
      'openai-responses': withParts['openai-responses']({ type: 'input_image', detail: 'low' }),
      gemini: withParts.gemini(image.gemini),
    },
  },
  {
    row: 'document-text',
    asks: {
      anthropic: askWith.anthropic({
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'All of it.' },
      }),
      gemini: askWith.gemini({ inlineData: { mimeType: 'text/plain', data: base64('All of it.') } }),
    },
    due: {
      anthropic: withParts.anthropic({ type: 'document', source: { type: 'text', data: 'All of it.' } }),
      'openai-chat': withParts['openai-chat']({ type: 'text', text: 'All of it.' }),
      'openai-responses': withParts['openai-responses']({ type: 'input_text', text: 'All of it.' }),
      gemini: withParts.gemini({ text: 'All of it.' }),
    },
  },
  {
    row: 'document-text',
    name: 'inline PDF',
    asks: {
      anthropic: askWith.anthropic(pdf.anthropic),
      gemini: askWith.gemini(pdf.gemini),
    },
    due: {
      anthropic: withParts.anthropic(pdf.anthropic),
      'openai-chat': withParts['openai-chat']({ type: 'file', file: { file_data: dataUrl('application/pdf', PDF) } }),
      'openai-responses': withParts['openai-responses']({
        type: 'input_file',
        file_data: dataUrl('application/pdf', PDF),
      }),
      gemini: withParts.gemini(pdf.gemini),
    },
  },
  {
    row: 'document-url',
    asks: {
      anthropic: askWith.anthropic({ type: 'document', source: { type: 'url', url: `${URL}.pdf` } }),
      'openai-chat': askWith['openai-chat']({ type: 'file', file: { file_data: `${URL}.pdf` } }),
      'openai-responses': askWith['openai-responses']({ type: 'input_file', file_url: `${URL}.pdf` }),
      gemini: askWith.gemini({ fileData: { mimeType: 'application/pdf', fileUri: `${URL}.pdf` } }),
    },
    due: {
      anthropic: withParts.anthropic({ type: 'document', source: { type: 'url', url: `${URL}.pdf` } }),
      'openai-responses': withParts['openai-responses']({ type: 'input_file', file_url: `${URL}.pdf` }),
      gemini: withParts.gemini({ fileData: { fileUri: `${URL}.pdf` } }),
    },
  },
  {
    row: 'document-options',
    asks: {
      anthropic: askWith.anthropic({ ...pdf.anthropic, context: 'Last year.', citations: { enabled: true } }),
    },
    due: {
      'openai-chat': withParts['openai-chat']({ type: 'file' }),
      'openai-responses': withParts['openai-responses']({ type: 'input_file' }),
      gemini: withParts.gemini(pdf.gemini),
    },
  },
  {
    row: 'audio',
    asks: {
      'openai-chat': askWith['openai-chat']({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
      'openai-responses': askWith['openai-responses']({
        type: 'input_audio',
        input_audio: { data: 'AAAA', format: 'wav' },
      }),
      gemini: askWith.gemini({ inlineData: { mimeType: 'audio/wav', data: 'AAAA' } }),
    },
    due: {
      'openai-chat': withParts['openai-chat']({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
      gemini: withParts.gemini({ inlineData: { mimeType: 'audio/wav', data: 'AAAA' } }),
    },
  },
  { row: 'video', asks: { gemini: askWith.gemini({ inlineData: { mimeType: 'video/mp4', data: 'AAAA' } }) } },
  {
    row: 'prefill',
    asks: {
      anthropic: ask.anthropic({
        messages: [
          { role: 'user', content: 'Go on.' },
          { role: 'assistant', content: 'The answer is' },
        ],
      }),
      'openai-chat': ask['openai-chat']({
        messages: [
          { role: 'user', content: 'Go on.' },
          { role: 'assistant', content: 'The answer is' },
        ],
      }),
      'openai-responses': ask['openai-responses']({
        input: [
          { role: 'user', content: 'Go on.' },
          { role: 'assistant', content: 'The answer is' },
        ],
      }),
      gemini: ask.gemini({
        contents: [
          { role: 'user', parts: [{ text: 'Go on.' }] },
          { role: 'model', parts: [{ text: 'The answer is' }] },
        ],
      }),
    },
    due: { anthropic: { messages: [{}, { role: 'assistant', content: [{ type: 'text', text: 'The answer is' }] }] } },
  },
  {
    row: 'cache-control',
    lacks: 'ephemeral',
    asks: {
      anthropic: ask.anthropic({ system: [{ type: 'text', text: 'Be.', cache_control: { type: 'ephemeral' } }] }),
    },
    due: {
      'openai-chat': { messages: [{ role: 'system', content: 'Be.' }, {}] },
      'openai-responses': { instructions: 'Be.' },
      gemini: { systemInstruction: { parts: [{ text: 'Be.' }] } },
    },
  },
  {
    row: 'provider-content',
    name: 'what a server tool found',
    asks: {
      anthropic: askAfter.anthropic(
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'a' } },
            { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
            { type: 'text', text: 'Hello' },
          ],
        },
      ),
      gemini: askAfter.gemini(
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ executableCode: { language: 'PYTHON', code: '1' } }, { text: 'Hello' }] },
      ),
    },
    due: {
      anthropic: { messages: [{}, { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] }, {}] },
      'openai-chat': { messages: [{}, { role: 'assistant', content: 'Hello' }, {}] },
      'openai-responses': { input: [{}, { role: 'assistant', content: 'Hello' }, {}] },
      gemini: { contents: [{}, { role: 'model', parts: [{ text: 'Hello' }] }, {}] },
    },
  },
  {
    row: 'provider-content',
    name: 'citations in the history',
    asks: {
      'openai-responses': askAfter['openai-responses'](
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            {
              type: 'output_text',
              text: 'Hello',
              annotations: [{ type: 'url_citation', url: URL, title: 'A', start_index: 0, end_index: 5 }],
            },
          ],
        },
      ),
    },
    due: {
      'openai-chat': { messages: [{}, { role: 'assistant', content: 'Hello' }, {}] },
      gemini: { contents: [{}, { role: 'model', parts: [{ text: 'Hello' }] }, {}] },
    },
  },
  {
    row: 'thinking-history',
    lacks: 'Hm.',
    asks: {
      anthropic: askAfter.anthropic(
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
            { type: 'text', text: 'Hello' },
          ],
        },
      ),
      'openai-chat': askAfter['openai-chat'](
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello', reasoning_content: 'Hm.' },
      ),
      'openai-responses': askAfter['openai-responses'](
        { role: 'user', content: 'Hi' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'c2ln' },
        { role: 'assistant', content: 'Hello' },
      ),
      gemini: askAfter.gemini(
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hm.', thought: true }, { text: 'Hello' }] },
      ),
    },
    due: {
      anthropic: { messages: [{}, { content: [{ type: 'text', text: 'Hello' }] }, {}] },
      'openai-chat': { messages: [{}, { content: 'Hello' }, {}] },
      'openai-responses': { input: [{}, { content: 'Hello' }, {}] },
      gemini: { contents: [{}, { parts: [{ text: 'Hello' }] }, {}] },
    },
  },
]

// An SDK as it is, with a gateway inside the process: only its `fetch` is another.
// The package first, as examples/README.md says; then: ANTHROPIC_API_KEY=… OPENAI_API_KEY=… node chat.mjs
import { createFullstop } from 'fullstop'
import OpenAI from 'openai'

// Without a configuration the keys of the environment are one.
const fullstop = await createFullstop({ onExchange: ({ platform, outcome }) => console.error(outcome, platform) })
const openai = new OpenAI({ fetch: fullstop.fetch, apiKey: 'unused' })

// A Claude model through OpenAI's SDK; a stream that breaks off throws instead of ending.
const stream = await openai.chat.completions.create({
  model: 'claude-sonnet-4-5',
  messages: [{ role: 'user', content: 'Where is my order?' }],
  stream: true,
})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')

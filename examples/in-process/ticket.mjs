// A support ticket answered as an object, whichever provider is up.
// The package first, as examples/README.md says; then: ANTHROPIC_API_KEY=… OPENAI_API_KEY=… node ticket.mjs
import { createFullstop } from 'fullstop'

const fullstop = await createFullstop({
  config: {
    providers: {
      anthropic: { protocol: 'anthropic', apiKey: '${ANTHROPIC_API_KEY}', baseUrl: process.env.ANTHROPIC_BASE_URL },
      openai: { protocol: 'openai-chat', apiKey: '${OPENAI_API_KEY}', baseUrl: process.env.OPENAI_BASE_URL },
    },
    models: {
      sonnet: { platforms: ['anthropic/claude-sonnet-4-5'], fallbacks: ['gpt'] },
      gpt: { platforms: ['openai/gpt-4o'] },
    },
  },
})

// Never an object with a field missing: an answer without one is a failed attempt, and the next platform is asked.
const ticket = await fullstop.generate('Return JSON for ticket #4471.', {
  model: 'sonnet',
  expect: ['ticket_id', 'sentiment', 'reply'],
})
console.log(ticket)

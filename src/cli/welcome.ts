import type { RunningServer } from '../server/index.ts'
import type { Loaded } from './configuration.ts'

/** What `fullstop start` says once it serves. */
export function welcome(loaded: Loaded, { url, controlUrl }: RunningServer): string {
  const { config } = loaded
  const models = [...config.models.keys()]
  const lines = [`Fullstop is serving on ${url}`, '']
  switch (loaded.from) {
    case 'file':
      lines.push(`Configuration: ${loaded.path} (reloads when it changes, and on SIGHUP)`)
      break
    case 'environment':
      lines.push(
        `No configuration file: serving ${[...config.providers.keys()].join(' and ')} with the keys of the environment;`,
      )
      lines.push('model names pass through by family, and `provider/model` names one directly.')
      break
    case 'simulated':
      lines.push('NO PROVIDER KEYS AND NO CONFIGURATION: answers come from SIMULATED providers, not from a real model.')
      lines.push(
        'Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, or write a fullstop.yaml, to serve real ones.',
      )
      break
  }
  if (loaded.from !== 'file') for (const notice of loaded.notices) lines.push(`Notice: ${notice}`)
  if (models.length > 0) lines.push(`Models: ${models.join(', ')}`)
  lines.push('', 'Try it:', '', ...example(loaded, url))
  lines.push('', `What happened to a request: fullstop trace ID --url ${controlUrl}   (the id is in x-fullstop-id)`)
  return lines.join('\n')
}

function example(loaded: Loaded, url: string): readonly string[] {
  const { anthropic, openai } = exampleModels(loaded)
  const key = loaded.config.clients.size > 0 ? 'YOUR-CLIENT-KEY' : 'unused'
  return [
    `  curl -N ${url}/v1/messages -H 'content-type: application/json' -H 'x-api-key: ${key}' -d '{`,
    `    "model": "${anthropic}", "max_tokens": 200, "stream": true,`,
    `    "messages": [{ "role": "user", "content": "Where is my order?" }] }'`,
    '',
    `  new Anthropic({ baseURL: '${url}', apiKey: '${key}' })      // model: '${anthropic}'`,
    `  new OpenAI({ baseURL: '${url}/v1', apiKey: '${key}' })      // model: '${openai}'`,
    ...(loaded.from === 'simulated'
      ? [
          '',
          'And see it fail: a model name may carry a fault for one platform. This stream dies mid-sentence at its provider:',
          '',
          `  curl -N ${url}/v1/chat/completions -H 'content-type: application/json' -d '{`,
          `    "model": "trainium-openai/sim-gpt+cut-eof=30", "stream": true,`,
          `    "messages": [{ "role": "user", "content": "Where is my order?" }] }'`,
        ]
      : []),
  ]
}

function exampleModels({ config, from }: Loaded): { readonly anthropic: string; readonly openai: string } {
  if (from === 'simulated') return { anthropic: 'sim-sonnet', openai: 'sim-gpt' }
  const first = [...config.models.keys()][0]
  if (first !== undefined) return { anthropic: first, openai: first }
  const anthropic = config.providers.has('anthropic') ? 'claude-sonnet-4-5' : 'gpt-4o'
  return { anthropic, openai: config.providers.has('openai') ? 'gpt-4o' : anthropic }
}

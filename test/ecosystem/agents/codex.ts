import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isJsonObject, parseJson } from '../../../src/protocols/core/index.ts'
import type { Agent } from './agent.ts'
import { runCommand } from './command.ts'

const COMMAND = fileURLToPath(new URL('../node_modules/@openai/codex/bin/codex.js', import.meta.url))

/** `codex exec`, which asks in OpenAI Responses. */
export const codex: Agent = {
  name: 'codex exec',
  protocol: 'openai-responses',
  shell: (command) => ({ tool: 'exec_command', input: { cmd: command } }),
  run: async ({ url, model, folder, home, prompt }) => {
    const codexHome = join(home, '.codex')
    await mkdir(codexHome, { recursive: true })
    await writeFile(join(codexHome, 'config.toml'), configFor(url, model))
    // The test's own folder is all there is to protect, and a sandbox in a sandbox may not start.
    const options = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '--json']
    return runCommand([process.execPath, COMMAND, 'exec', ...options, prompt], folder, {
      HOME: home,
      CODEX_HOME: codexHome,
      FULLSTOP_KEY: 'k',
    })
  },
  answerOf: (stdout) => {
    const items = stdout.split('\n').flatMap((line) => {
      const event = parseJson(line)
      return isJsonObject(event) && event.type === 'item.completed' && isJsonObject(event.item) ? [event.item] : []
    })
    const last = items.findLast(({ type }) => type === 'agent_message')
    return typeof last?.text === 'string' ? last.text : ''
  },
}

function configFor(url: string, model: string): string {
  return `model = "${model}"
model_provider = "fullstop"
check_for_update_on_startup = false
# OpenAI runs the search itself; a provider of another protocol cannot.
web_search = "disabled"

[analytics]
enabled = false

# Its tools for agents of its own come in a namespace, which exists in OpenAI's protocol alone.
[features]
multi_agent = false

[model_providers.fullstop]
name = "fullstop"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "FULLSTOP_KEY"
request_max_retries = 0
stream_max_retries = 0
`
}

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isJsonObject, parseJson } from '../../../src/protocols/core/index.ts'
import type { Agent } from './agent.ts'
import { runCommand } from './command.ts'

/** `claude -p`, which asks in Anthropic's protocol. */
export const claudeCode: Agent = {
  name: 'claude -p',
  protocol: 'anthropic',
  shell: (command) => ({ tool: 'Bash', input: { command, description: 'Runs the command' } }),
  run: ({ url, model, folder, home, prompt }) =>
    runCommand([binary(), '-p', prompt, '--allowedTools', 'Bash(*)', '--output-format', 'json'], folder, {
      HOME: home,
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'k',
      ANTHROPIC_MODEL: model,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
  answerOf: (stdout) => {
    const said = parseJson(stdout)
    if (!isJsonObject(said) || said.is_error !== false || typeof said.result !== 'string') return ''
    return said.result
  },
}

/** The program itself: the package's own command is put in place by an install script, and none are run here. */
function binary(): string {
  const { platform, arch } = process
  const names = [`claude-code-${platform}-${arch}`, `claude-code-${platform}-${arch}-musl`]
  const paths = names.map((name) =>
    fileURLToPath(new URL(`../node_modules/@anthropic-ai/${name}/claude`, import.meta.url)),
  )
  const found = paths.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`no Claude Code for ${platform} ${arch}`)
  return found
}

import { deepEqual, equal, match } from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { isJsonObject, parseJson } from '../../../src/protocols/core/index.ts'
import type { Agent } from '../agents/agent.ts'
import { claudeCode } from '../agents/claude-code.ts'
import { codex } from '../agents/codex.ts'
import { dyingModelAt, modelAt, startSimulated } from '../conversations/simulated.ts'
import { isServed, SERVED } from '../served.ts'

const gateway = await startSimulated()
after(() => gateway.stop())

interface Worked {
  readonly code: number
  readonly answer: string
  readonly written: string
  /** How many attempts each answer took, in order. */
  readonly attempts: readonly number[]
}

/** Lets the agent write a file with its shell, and asks what is left of that. */
async function work(agent: Agent, model: string, content: string): Promise<Worked> {
  const root = await mkdtemp(join(tmpdir(), 'fullstop-agent-'))
  const [folder, home] = [join(root, 'work'), join(root, 'home')]
  await Promise.all([mkdir(folder), mkdir(home)])
  const { tool, input } = agent.shell(`echo ${content} > tide.txt && cat tide.txt`)
  const prompt = `Note the tide. [[call ${tool} ${JSON.stringify(input)}]]`
  const before = (await delivered(model)).length
  try {
    const { code, stdout, stderr } = await agent.run({ url: gateway.url, model, folder, home, prompt })
    const written = await readFile(join(folder, 'tide.txt'), 'utf8').catch(() => `nothing: ${stdout} ${stderr}`)
    return { code, answer: agent.answerOf(stdout), written, attempts: (await delivered(model)).slice(before) }
  } finally {
    // A program that the agent started may still write its last.
    await rm(root, { recursive: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** The attempts of every answer of this model that was delivered, oldest first. */
async function delivered(model: string): Promise<readonly number[]> {
  const listed = parseJson(await (await fetch(`${gateway.url}/api/exchanges`)).text())
  const exchanges = isJsonObject(listed) && Array.isArray(listed.exchanges) ? listed.exchanges : []
  return exchanges.toReversed().flatMap((exchange) => {
    if (!isJsonObject(exchange) || exchange.model !== model || exchange.outcome !== 'delivered') return []
    return [Array.isArray(exchange.attempts) ? exchange.attempts.length : 0]
  })
}

const AGENTS: readonly Agent[] = [claudeCode, codex]

for (const agent of AGENTS.filter(({ protocol }) => isServed(protocol)))
  describe(agent.name, () => {
    for (const provider of SERVED) {
      test(`calls a tool and answers, ${provider} provider`, async () => {
        const { code, answer, written, attempts } = await work(agent, modelAt(provider), `high at noon, ${provider}`)
        equal(written, `high at noon, ${provider}\n`)
        match(answer, new RegExp(`high at noon, ${provider}`))
        equal(code, 0)
        deepEqual(attempts, [1, 1])
      })

      test(`never notices that its first stream dies at one ${provider} provider`, async () => {
        const { code, answer, written, attempts } = await work(agent, dyingModelAt(provider), `low at six, ${provider}`)
        equal(written, `low at six, ${provider}\n`)
        match(answer, new RegExp(`low at six, ${provider}`))
        equal(code, 0)
        // It asked twice, like the one before; the deaths are the gateway's own affair.
        equal(attempts.length, 2)
        equal(attempts[0], 2)
      })
    }
  })

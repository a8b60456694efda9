import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// A dozen processes.
setDefaultTimeout(60_000)

const ROOT = join(import.meta.dir, '..')
const EXAMPLE = 'examples/people-and-outages'
const folder = mkdtempSync(join(tmpdir(), 'fullstop-walkthrough-'))
const env = { PATH: `${process.env.PATH ?? ''}`, HOME: folder }

/** The page's commands, as they stand but for the ports and the configuration's place. */
let blocks: readonly string[] = []
const running = new Set<Bun.Subprocess>()

beforeAll(async () => {
  const [provider, gateway] = [await freePort(), await freePort()]
  const own = (text: string): string => text.replaceAll('9100', String(provider)).replaceAll('8787', String(gateway))
  const config = join(folder, 'fullstop.yaml')
  writeFileSync(config, own(readFileSync(join(ROOT, EXAMPLE, 'fullstop.yaml'), 'utf8')))
  const page = readFileSync(join(ROOT, EXAMPLE, 'README.md'), 'utf8')
  blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) =>
    own(text)
      .replaceAll(`${EXAMPLE}/fullstop.yaml`, config)
      // The commands' own default is the port that the page has.
      .replaceAll(/bin\/fullstop (approvals \w+|trace)/g, `bin/fullstop $1 --url http://127.0.0.1:${gateway}`),
  )
})

afterAll(async () => {
  for (const each of running) await stop(each)
  rmSync(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Runs a block that stays, until it says where it listens. */
async function start(block: string): Promise<{ readonly child: Bun.Subprocess; readonly url: string }> {
  const child = Bun.spawn(['sh', '-c', `exec ${block.trim()}`], { cwd: ROOT, env, stdout: 'pipe', stderr: 'pipe' })
  running.add(child)
  const url = `http://127.0.0.1:${/--port (\d+)/.exec(block)?.[1]}`
  for (;;) {
    const isUp = await fetch(url).catch(() => undefined)
    if (isUp !== undefined) return { child, url }
    if (child.exitCode !== null) throw new Error(`${block}\n${await new Response(child.stderr).text()}`)
    await Bun.sleep(20)
  }
}

async function stop(child: Bun.Subprocess): Promise<void> {
  running.delete(child)
  child.kill('SIGINT')
  await child.exited
}

/** What each line of a block prints, with what the blocks before it have left in the shell. */
async function run(before: readonly string[], block: string): Promise<string> {
  const script = [...before.map((text) => `{\n${text}\n} > /dev/null`), block].join('\n')
  const child = Bun.spawn(['sh', '-ec', script], { cwd: ROOT, env, stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new Error(`${block}\n${out}\n${err}`)
  return out
}

test('the walk through people and outages goes as its page says', async () => {
  const [sim = '', gateway = '', ask = '', transfer = '', decision = '', told = '', answered = '', outage = ''] = blocks
  expect(blocks).toHaveLength(8)
  const providers = await start(sim)
  const { url } = await start(gateway)

  // What it leaves in the shell goes on into the next block, once its answer is there.
  const later = (await run([ask, transfer], 'echo "$later"')).trim()
  expect(later).toMatch(/^\/v1\/approvals\/fs_/)
  const poll = async (): Promise<string> => (await fetch(`${url}/api/approvals`)).text()
  while (!(await poll()).includes('"state":"pending"')) await Bun.sleep(20)
  const all = await run([], `later=${later}\n${decision}\n${told}`)
  expect(all).toMatch(
    /^waiting\n {2}fs_\w+ {2}large, workflow transfers, client shop, tenant shop, for (?:30 min|29 min \d+ s) more/,
  )
  expect(all).toContain('Pay 18 EUR to the harbour.')
  expect(all).toMatch(/approved by alice after /)
  const [approved = ''] = answersIn(all)
  expect(approved).toContain('x-fullstop-approval: approved')
  expect(approved).toContain('"content":"Pay 18 EUR to the harbour."')
  expect(approved).toMatch(/approval +approved by alice/)

  const [reply = '', summary = ''] = answersIn(await run([ask], answered))
  expect(reply).toContain('It is on the ferry.')
  expect(reply).not.toContain('x-fullstop-degraded')
  expect(summary).toContain('x-fullstop-degraded: model')
  expect(summary).toContain('"fullstop":{"degraded":"model"')

  await stop(providers.child)
  const [cached = '', fixed = '', failed = ''] = answersIn(await run([ask], outage))
  expect(cached).toContain('x-fullstop-degraded: cache')
  expect(cached).toContain('It is on the ferry.')
  expect(fixed).toContain('x-fullstop-degraded: answer')
  expect(fixed).toContain('We have your message and will reply shortly.')
  expect(failed).toMatch(/^HTTP\/1\.1 50[23] /)
})

/** What follows each status line of HTTP. */
const answersIn = (text: string): readonly string[] =>
  text.split(/^(?=HTTP\/)/m).filter((each) => each.startsWith('HTTP/'))

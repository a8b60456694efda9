import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const folder = mkdtempSync(join(tmpdir(), 'fullstop-diagnose-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function diagnose(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([join(ROOT, 'bin/fullstop'), 'diagnose', ...args], {
    cwd: folder,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, err }
}

describe('fullstop diagnose', () => {
  test('in an empty folder says how to begin', async () => {
    expect(await diagnose()).toMatchObject({ code: 2, err: expect.stringContaining('--init writes one to begin with') })
  })

  test('from a starter file to an own report, and never over a file that is there', async () => {
    expect(await diagnose('--init')).toMatchObject({ code: 0, out: expect.stringContaining('--report report.html') })
    expect(await diagnose('--init')).toMatchObject({
      code: 2,
      err: expect.stringContaining('incidents.yaml is there already'),
    })
    const result = await diagnose('--report', 'report.html', '--markdown', 'report.md')
    expect(result).toMatchObject({ code: 0, out: expect.stringContaining('binding constraint  Signal') })
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('Example Shop')
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).toContain('# Diagnosis: Example Shop')
  })

  test('prints one JSON document and nothing else', async () => {
    const file = join(ROOT, 'examples/incidents/anthropic-2025-2026.yaml')
    const { code, out } = await diagnose('--incidents', file, '--json', '--report', 'seed.html')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      levels: { guidance: 3, cadence: 2, signal: 1 },
      bindingConstraint: 'signal',
    })
    expect(existsSync(join(folder, 'seed.html'))).toBe(true)
  })

  test('names file, line and column of what is wrong, without a stack', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'subject: { nam: x }\n')
    const { code, err } = await diagnose('--incidents', 'bad.yaml')
    expect(code).toBe(2)
    expect(err).toContain('bad.yaml:1:12 subject.nam: unknown key "nam"; did you mean "name"?')
    expect(err).not.toContain('    at ')
    const json = await diagnose('--incidents', 'bad.yaml', '--json')
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, file: 'bad.yaml' })
  })

  test('what the file system refuses is said, without a stack', async () => {
    expect(await diagnose('--incidents', 'none.yaml')).toMatchObject({
      code: 2,
      err: 'none.yaml: there is no such file or folder\n',
    })
    expect(await diagnose('--incidents', '.')).toMatchObject({ code: 2, err: '.: expected a file, got a folder\n' })
    writeFileSync(join(folder, 'bytes.yaml'), new Uint8Array([0xff, 0xfe, 0x00]))
    expect(await diagnose('--incidents', 'bytes.yaml')).toMatchObject({
      code: 2,
      err: expect.stringContaining('UTF-8'),
    })
    expect(await diagnose('--report', 'no/such/folder.html')).toMatchObject({
      code: 2,
      err: expect.stringContaining('it cannot be written'),
    })
  })
})

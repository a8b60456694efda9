import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { createGateway } from '../src/cli/drill.ts'
import { diagnose, parseHistory, toHtml } from '../src/guidance/index.ts'
import { compareApproaches, comparisonToHtml, drillToHtml, runDrill } from '../src/lab/index.ts'

const CHROMIUM = '/usr/bin/chromium'
const isThere = existsSync(CHROMIUM)
if (!isThere) console.warn(`report-browser: skipped, ${CHROMIUM} is missing (Debian: apt-get install chromium)`)

const SIZES = [
  ['desktop', 1280, 900],
  ['phone', 390, 844],
  // A4 at 96 dots an inch, without margins.
  ['paper', 794, 1123],
] as const
const EXAMPLES = ['anthropic-2025-2026', 'openai-2024-2025', 'google-2025-2026']
// One with a cause that ends, one without; the faults of both show every kind of mark.
const DRILLS = ['outage-2026-06-21', 'metastable']
const PAGES = [...EXAMPLES, ...DRILLS, 'compare']

describe.skipIf(!isThere)('the report in a real browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fullstop-report-'))
  let browser: Browser

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
    for (const name of EXAMPLES) {
      const text = readFileSync(new URL(`../examples/incidents/${name}.yaml`, import.meta.url), 'utf8')
      const result = parseHistory(text, { source: name })
      if (!result.ok) throw new Error(JSON.stringify(result.problems))
      writeFileSync(join(folder, `${name}.html`), toHtml(diagnose(result.facts)))
    }
    for (const drill of DRILLS) {
      const result = await runDrill({ drill, requests: 200, delivery: 'guarded' }, { createGateway })
      writeFileSync(join(folder, `${drill}.html`), drillToHtml(result))
    }
    const comparison = await compareApproaches({ requests: 100 }, { createGateway })
    writeFileSync(join(folder, 'compare.html'), comparisonToHtml(comparison))
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  for (const name of PAGES)
    for (const [size, width, height] of SIZES)
      test(`${name} on ${size}: no request, nothing sticks out, no texts overlap`, async () => {
        const page = await browser.newPage({ viewport: { width, height } })
        const requests: string[] = []
        page.on('request', (request) => requests.push(request.url()))
        if (size === 'paper') await page.emulateMedia({ media: 'print' })
        const address = `file://${join(folder, `${name}.html`)}`
        await page.goto(address)
        const found = await page.evaluate(findings)
        expect(requests.filter((url) => url !== address && !url.startsWith('data:'))).toEqual([])
        expect(found.sticksOut).toEqual([])
        expect(found.overlaps).toEqual([])
        expect(found.wide).toBe(false)
        expect(found.texts).toBeGreaterThan(50)
        await page.close()
      })

  test('dark is dark', async () => {
    for (const name of PAGES) {
      const page = await browser.newPage({ colorScheme: 'dark' })
      await page.goto(`file://${join(folder, `${name}.html`)}`)
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(20, 23, 28)')
      await page.close()
    }
  })

  test('every plot of a drill has shapes, and words for those who do not see them', async () => {
    for (const name of [...DRILLS, 'compare']) {
      const page = await browser.newPage()
      await page.goto(`file://${join(folder, `${name}.html`)}`)
      const plots = await page.evaluate(() =>
        [...document.querySelectorAll('svg')].map((svg) => ({
          role: svg.getAttribute('role'),
          words: svg.getAttribute('aria-label') ?? '',
          drawn: [...svg.querySelectorAll('path')].filter((path) => path.getBBox().width > 100).length,
          broken: svg.outerHTML.includes('NaN') || svg.outerHTML.includes('undefined'),
        })),
      )
      expect(plots.length).toBeGreaterThanOrEqual(4)
      for (const { role, words, drawn, broken } of plots) {
        expect([role, broken]).toEqual(['img', false])
        expect(words).toMatch(/\d/)
        expect(drawn).toBeGreaterThanOrEqual(2)
      }
      await page.close()
    }
  })
})

/** Runs in the page. */
function findings(): { sticksOut: string[]; overlaps: string[]; wide: boolean; texts: number } {
  const width = document.documentElement.clientWidth
  const boxes: { text: string; element: Element; box: DOMRect }[] = []
  for (const element of document.querySelectorAll(
    'p, h1, h2, h3, li, td, th, .axis span, .legend span, svg text, .badge, figcaption',
  )) {
    // What scrolls in a box of its own is not on the page.
    if (element.closest('.scroll') !== null) continue
    const box = element.getBoundingClientRect()
    if (box.width > 0 && box.height > 0)
      boxes.push({ text: (element.textContent ?? '').trim().slice(0, 40), element, box })
  }
  const sticksOut = boxes.filter(({ box }) => box.right > width + 1 || box.left < -1).map(({ text }) => text)
  const overlaps: string[] = []
  for (const [index, a] of boxes.entries())
    for (const b of boxes.slice(index + 1)) {
      if (a.element.contains(b.element) || b.element.contains(a.element)) continue
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
      // Inline marks may touch the line above.
      if (across > 2 && down > 4) overlaps.push(`${a.text} | ${b.text}`)
    }
  return { sticksOut, overlaps, wide: document.documentElement.scrollWidth > width + 1, texts: boxes.length }
}

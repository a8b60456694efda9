import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { diagnose, parseHistory, toHtml, toMarkdown, toText } from '../index.ts'

const file = new URL('../../../examples/incidents/anthropic-2025-2026.yaml', import.meta.url)
const parsed = parseHistory(readFileSync(file, 'utf8'), { source: 'h' })
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const { facts } = parsed
const diagnosis = diagnose(facts)
const page = toHtml(diagnosis)

/** What a reader sees, without markup. */
const words = page
  .replaceAll(/<style>[\s\S]*?<\/style>/g, '')
  .replaceAll(/<[^>]+>/g, '')
  .replaceAll('&quot;', '"')
  .replaceAll('&#39;', "'")
  .replaceAll('&gt;', '>')
  .replaceAll('&lt;', '<')
  .replaceAll('&amp;', '&')

describe('the page', () => {
  test('asks nothing of anyone', () => {
    expect(page).not.toMatch(/<(script|iframe|object|embed|img|link(?! rel="icon" href="data:,"))/)
    expect(page).not.toMatch(/@import|url\((?!#)/)
    expect(page).not.toMatch(/\ssrc=/)
  })

  test('has every claim, refusal, gap, source and event', () => {
    for (const { text, id } of facts.claims.filter(({ id }) => !id.startsWith('excluded')))
      expect([id, words.includes(text)]).toEqual([id, true])
    for (const { text, rule } of diagnosis.refused)
      expect([words.includes(text), words.includes(rule)]).toEqual([true, true])
    for (const { text } of diagnosis.gaps) expect(words).toContain(text)
    for (const { text } of diagnosis.timeline) expect(words).toContain(text)
    for (const { text } of facts.observations) expect(words).toContain(text)
    for (const { id } of facts.sources) expect(page).toContain(`id="source-${id}"`)
    for (const { mechanism } of diagnosis.cascade) expect(words).toContain(mechanism)
    for (const { evidence } of diagnosis.debt) expect(words).toContain(evidence)
  })

  test('links only to what is there', () => {
    const anchors = new Set([...page.matchAll(/id="([^"]+)"/g)].map((match) => match[1]))
    const broken = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]).filter((id) => !anchors.has(id))
    expect(broken).toEqual([])
  })

  test('takes what a file says as text', () => {
    const nasty = '<img src=x onerror=alert(1)> & "quotes" \'too\''
    const changed = diagnose({
      ...facts,
      subject: { name: nasty },
      incidents: facts.incidents.map((incident) => ({
        ...incident,
        title: nasty,
        class: nasty,
        events: incident.events.map((event) => ({ ...event, text: nasty })),
      })),
      sources: facts.sources.map((source) => ({ ...source, title: nasty, usedFor: nasty })),
    })
    expect(toHtml(changed)).not.toContain('<img')
    expect(toMarkdown(changed)).not.toContain('<img')
  })

  test('is small', () => expect(page.length).toBeLessThan(150_000))
})

test('Markdown has the same substance', () => {
  const markdown = toMarkdown(diagnosis)
  for (const { rule } of diagnosis.refused) expect(markdown).toContain(rule)
  expect(markdown).toContain('users ahead by 19 minutes')
  expect(markdown).toContain('Signal → Cadence → Guidance')
})

test('the terminal has the results', () => {
  expect(toText(diagnosis)).toContain('Signal    ■□□□□ 1')
})

import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { renderTranslationDocument, translationDocument } from '../../../scripts/loss-table.ts'
import { checked, fateOf, LOSS_TABLE, Losses } from './index.ts'

test('docs/translation.md is what the loss table says', () => {
  expect(readFileSync(translationDocument, 'utf8')).toBe(renderTranslationDocument())
})

test('what an answer consists of is carried to every protocol', () => {
  for (const name of ['text', 'tools', 'images', 'structured-output', 'stop-reason', 'usage']) {
    const row = LOSS_TABLE.find((row) => row.name === name)
    expect(row, name).toBeDefined()
    expect(Object.values(row!.to), name).toEqual(['carried', 'carried', 'carried', 'carried'])
  }
})

test('no row stands twice, and each that is not carried says why', () => {
  expect(new Set(LOSS_TABLE.map(({ name }) => name)).size).toBe(LOSS_TABLE.length)
  for (const { name, to, why } of LOSS_TABLE)
    if (Object.values(to).some((fate) => fate !== 'carried')) expect(why, name).not.toBe('')
})

test('a loss is named once, and only where the table lets the target drop it', () => {
  const losses = new Losses('openai-chat')
  losses.drop('top-k')
  losses.drop('top-k')
  expect(losses.dropped).toEqual(['top-k'])
  expect(() => losses.drop('text')).toThrow('does not let openai-chat drop text')
  expect(() => losses.drop('no-such-row')).toThrow()
  expect(new Losses('anthropic').dropped).toEqual([])
})

test('a refusal names the feature and the target, and only where the table lets it refuse', () => {
  const refuse = (): never => new Losses('openai-chat').refuse('document-url', 'messages[0]')
  expect(checked(refuse)).toMatchObject({ ok: false, problem: { field: 'messages[0]' } })
  expect(refuse).toThrow('documents by URL')
  expect(() => new Losses('anthropic').refuse('document-url', 'messages[0]')).toThrow(
    'does not let anthropic refuse document-url',
  )
  expect(fateOf('document-url', 'anthropic')).toBe('carried')
  expect(fateOf('no-such-row', 'anthropic')).toBeUndefined()
})

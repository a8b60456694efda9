import { describe, expect, test } from 'bun:test'
import { isRestart, whyNotContinued } from './opening-check.ts'

const DELIVERED =
  'The ferry leaves at nine, and it is known that the crossing takes two hours. From the deck you have a view of the islands, which are not'

describe('a text that begins where the answer began', () => {
  test.each([
    ['The ferry leaves at ten', true],
    ['  The ferry leaves', true],
    ['The ferry', undefined],
    ['', undefined],
    [' ', undefined],
    ['The fern', false],
    [' visible from the shore.', false],
  ])('%p: %p', (opening, expected) => {
    expect(isRestart(DELIVERED, opening)).toBe(expected)
  })

  test('is known by all of it where little was delivered', () => {
    expect(isRestart('Hm. ', 'Hm. Well')).toBe(true)
    expect(isRestart('Hm. ', 'Hm')).toBeUndefined()
    expect(isRestart('Hm. ', 'Ho')).toBe(false)
  })
})

describe('what is no continuation shows', () => {
  test.each([
    ['repetition', 'the islands, which are not far from the coast.'],
    ['repetition', 'it is known that the crossing takes longer.'],
    ['about-itself', 'Sure! Here is the rest:'],
    ['about-itself', "Here's the continuation of the text: they are far."],
    ['about-itself', 'I apologize for the confusion.'],
    ['about-itself', 'Entschuldigung, ich mache weiter.'],
    ['about-itself', '抱歉，以下是剩余的内容。'],
    ['other-script', 'далеко от берега, и их видно из порта.'],
    ['other-language', 'weit von der Küste, und man kann sie auch mit dem Boot nicht erreichen, das ist verboten.'],
    ['other-language', 'lejos de la costa, y los barcos no van por las islas que son para las aves.'],
  ] as const)('%s: %s', (symptom, opening) => {
    expect(whyNotContinued(DELIVERED, opening)).toBe(symptom)
  })

  test.each([
    ['far from the coast, and the boats go there in the afternoon for the view.'],
    ['inhabited. There is an “Île aux Oiseaux” among them.'],
    [', however, part of the tour.'],
    ['\n\n| island | km |\n|---|---|\n| Uto | 3 |'],
    ['known in English; in Greek they are called Διαπόντια.'],
  ])('and what is one does not: %s', (opening) => {
    expect(whyNotContinued(DELIVERED, opening)).toBeUndefined()
  })

  test('in other languages too', () => {
    const german =
      'Die Fähre fährt um neun, und die Überfahrt ist nicht lang. Man hat von dort einen Blick auf die Inseln, die'
    expect(
      whyNotContinued(german, 'nicht weit von der Küste liegen und auch mit dem Boot zu erreichen sind.'),
    ).toBeUndefined()
    expect(whyNotContinued(german, 'are not far from the coast, and you have to take the boat to be there.')).toBe(
      'other-language',
    )
    const japanese = '船は九時に出ます。島まで二時間かかります。甲板から'
    expect(whyNotContinued(japanese, '島々がよく見えます。とてもきれいです。')).toBeUndefined()
    expect(whyNotContinued(japanese, '您可以看到很多美丽的岛屿和远处的海岸线。')).toBe('other-language')
  })
})

import { expect, test } from 'bun:test'
import { RestJoint } from './joint.ts'

const joined = (delivered: string, said: string): string | undefined => {
  const joint = new RestJoint(delivered, { isInstructed: true })
  const pushed = joint.push(said)
  return pushed === undefined ? undefined : pushed + (joint.end() ?? '')
}

test.each([
  ['All is well here and', 'the night was calm.', ' the night was calm.'],
  ['All is well here.', 'The night was calm.', ' The night was calm.'],
  ['All is well here. ', 'The night was calm.', 'The night was calm.'],
  ['The circle has a ratio of 3.', '14159 to its diameter.', '14159 to its diameter.'],
  ['It costs about 1,', '000 francs in all of them.', '000 francs in all of them.'],
  ['They left at three.', '14 came back on the next day.', ' 14 came back on the next day.'],
  ['夜は静かで、', '誰も電話しなかった。', '誰も電話しなかった。'],
])('a model that is told to go on behind %j begins with its next word: %j', (delivered, said, rest) => {
  expect(joined(delivered, said)).toBe(rest)
})

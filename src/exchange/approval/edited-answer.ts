import { FullstopError } from '../../errors.ts'
import { type CoreResponse, isClientCall } from '../../protocols/core/index.ts'

/**
 * The answer in an approver's words. Thinking and citations go with the words that they belonged to. Throws
 * `invalid-request` where there is not one text to put another in its place: calls of tools are approved as they are or
 * rejected, since what a changed call does nobody has asked a model for.
 */
export function editedAnswer(answer: CoreResponse, text: string): CoreResponse {
  const [choice, ...more] = answer.choices
  if (choice === undefined || more.length > 0)
    throw new FullstopError('invalid-request', `decision: expected one answer to edit, got ${answer.choices.length}.`)
  if (choice.content.some(isClientCall))
    throw new FullstopError('invalid-request', 'decision: an answer that calls tools can be approved or rejected only.')
  return { ...answer, choices: [{ content: [{ type: 'text', text }], stop: { kind: 'end', raw: undefined } }] }
}

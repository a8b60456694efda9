import { type CoreResponse, isOutputLimit } from '../../protocols/core/index.ts'

/** The text of an answer that stopped for no other reason than its length; `undefined` where it is more than one text. */
export function textAtLimit(answer: CoreResponse | undefined): string | undefined {
  const [choice, ...others] = answer?.choices ?? []
  if (choice === undefined || others.length > 0 || !isOutputLimit(choice.stop)) return undefined
  let text = ''
  for (const part of choice.content) {
    // What thinking, citations and calls are bound to is whoever made them.
    const isPlain = part.type === 'text' && (part.citations ?? []).length === 0
    if (isPlain) text += part.text
    else if (part.type !== 'thinking' || part.text !== '') return undefined
  }
  return text.trim() === '' ? undefined : text
}

/** What a conversation consists of, whichever protocol it came in; system texts are not part of it. */
export type ConversationEntry =
  | { readonly kind: 'user' | 'assistant' | 'result'; readonly text: string }
  | { readonly kind: 'call' }

/** What has happened since the model last gave a final answer. */
export interface CurrentTurn {
  /** All that the user said in it, one text a line. */
  readonly userText: string
  /** How many calls the model has made in it. */
  readonly callsMade: number
  /** Results of the latest calls; empty when the model made none, or answered them already. */
  readonly toolResults: readonly string[]
}

/**
 * Reads the turn that is to be answered. Agents put reminders of their own beside a tool's result, so the last user
 * message is not always what the user said: a turn begins after the last answer that called no tool.
 */
export function currentTurn(entries: readonly ConversationEntry[]): CurrentTurn {
  const turn = entries.slice(turnStart(entries))
  const latest = turn.slice(turn.findLastIndex(({ kind }) => kind === 'call' || kind === 'assistant') + 1)
  return {
    userText: textsOf(turn, 'user').join('\n'),
    callsMade: turn.filter(({ kind }) => kind === 'call').length,
    toolResults: textsOf(latest, 'result'),
  }
}

function turnStart(entries: readonly ConversationEntry[]): number {
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    if (entries[at]?.kind !== 'assistant') continue
    const next = entries.slice(at + 1).find(({ kind }) => kind !== 'assistant')
    // A trailing assistant text is the beginning of the answer that is asked for.
    if (next?.kind === 'user') return at + 1
  }
  return 0
}

function textsOf(entries: readonly ConversationEntry[], kind: 'user' | 'result'): string[] {
  return entries.flatMap((entry) => (entry.kind === kind ? [entry.text] : []))
}

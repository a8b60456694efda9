/**
 * What one event brought to one of a stream's answers: nothing, content, a tool call or a piece of one, either of them behind
 * the reason to stop (at which calls were judged), more than may be kept, or something else where text should be. In the
 * order of gravity.
 */
export type Progress = (typeof PROGRESS)[number]
const PROGRESS = ['nothing', 'content', 'tool', 'too-late', 'too-large', 'no-text'] as const

export function graver(a: Progress, b: Progress): Progress {
  return PROGRESS.indexOf(a) > PROGRESS.indexOf(b) ? a : b
}

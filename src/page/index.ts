/** Pages that need nothing but themselves: no script, no font, no request. Their frame, their style, and safe markup. */
export { toPage } from './frame.ts'
export { html, Markup, percent } from './markup.ts'
export type { Part } from './markup.ts'

export { toHtml } from './html/page.ts'
export { toJson } from './json.ts'
export { toMarkdown } from './markdown.ts'
export { toText } from './text.ts'

import { html, Markup } from './markup.ts'
import { baseStyle } from './style.ts'

export interface PageParts {
  readonly title: string
  /** What stands in the page's `main`. */
  readonly content: Markup
  /** Rules beside those of every page. */
  readonly style: string
}

/** A page that can be sent around as one file; its policy forbids it to load anything. */
export function toPage({ title, content, style }: PageParts): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${new Markup(baseStyle)}${new Markup(style)}
        </style>
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html> `
  return page.text
}

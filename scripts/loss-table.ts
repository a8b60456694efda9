import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LOSS_TABLE } from '../src/protocols/core/index.ts'

// Writes docs/translation.md from the loss table. With --check it only says whether that is needed: exit code 1 when
// it is.

export const translationDocument: URL = new URL('../docs/translation.md', import.meta.url)

const INTRO = `# Translation between protocols

<!-- Made by \`bun scripts/loss-table.ts\` from the table in \`src/protocols/core/loss.ts\`; edit it there. -->

Where the client and the answering provider speak the same protocol, nothing is translated: the request goes out as it
came (only the model's name is rewritten, and what another platform signed is left out), and the answer's bytes come
back as they were sent.

Where they differ, the request is read into one model of an exchange's content that belongs to no provider, and written
from there in the provider's words; the answer takes the same way back. A streamed answer is translated event by event:
text, thinking and refusals as they arrive, a tool call only when it is whole and its arguments parse, and the ending
only when the provider's own proof of completeness was seen.

No protocol can say everything that another can. What becomes of each feature is decided here and nowhere else:

- **carried**: it arrives with the same meaning.
- **dropped**: it is left out. The answer means the same without it, and the record of the exchange names the row.
- **refused**: the request is not sent to that provider, since the answer would mean something else without it. Another
  platform is tried; if none is left, the error says which part it was.

Thinking signatures, encrypted reasoning and ids of stored things belong to the platform that made them. Fullstop remembers
who made which (in bounded memory), withholds them from every other platform, and sends them again to their maker. A
request that hangs on what a provider stores (\`previous_response_id\`, files, containers, cached content) goes to that
provider only; when it is down, the error says so.

| feature | row | to Anthropic Messages | to OpenAI Chat | to OpenAI Responses | to Gemini | why |
|---|---|---|---|---|---|---|
`

/** The document as it should be. */
export function renderTranslationDocument(): string {
  const rows = LOSS_TABLE.map(({ name, feature, to, why }) =>
    [feature, `\`${name}\``, to.anthropic, to['openai-chat'], to['openai-responses'], to.gemini, why]
      .map(toCell)
      .join(' | '),
  )
  return `${INTRO}${rows.map((row) => `| ${row} |\n`).join('')}`
}

const toCell = (text: string): string => text.replaceAll('|', '\\|')

function isCurrent(): boolean {
  try {
    return readFileSync(translationDocument, 'utf8') === renderTranslationDocument()
  } catch {
    // Missing: written anew.
    return false
  }
}

if (import.meta.main) {
  const path = fileURLToPath(translationDocument)
  if (!process.argv.includes('--check')) {
    writeFileSync(path, renderTranslationDocument())
    console.log('docs/translation.md written')
  } else if (isCurrent()) {
    console.log('docs/translation.md is current')
  } else {
    console.error('docs/translation.md is stale; run: bun scripts/loss-table.ts')
    process.exitCode = 1
  }
}

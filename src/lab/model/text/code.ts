/** Snippets in the manner of TypeScript; each blank line ends one. */
export const codeText = `
function totalOf(items: readonly Item[]): number {
  let total = 0
  for (const item of items) {
    total += item.price * item.count
  }
  return total
}

function firstLine(text: string): string {
  const end = text.indexOf('\\n')
  return end === -1 ? text : text.slice(0, end)
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function retryDelayMs(attempt: number, random: () => number): number {
  const base = Math.min(500 * 2 ** attempt, 8000)
  return base * (1 - random() * 0.25)
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

async function withTimeout<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: Timer | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of text.toLowerCase().split(' ')) {
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

function parsePort(text: string): number | undefined {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65535) return undefined
  return port
}
`

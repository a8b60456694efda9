/** Beside a table, as it is printed. */
const INDENT = 2

/**
 * Lines of columns that are as wide as their widest cell; the first row is the heads. On a terminal that is narrower than
 * that, each row is a block of its own, with a line for each cell.
 */
export function table(
  rows: readonly (readonly string[])[],
  terminalWidth: number | undefined = process.stdout.columns,
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const isTooWide = terminalWidth !== undefined && lines.some((line) => line.length + INDENT > terminalWidth)
  return isTooWide ? blocks(rows) : lines
}

function blocks([heads = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(...heads.slice(1).map((head) => head.length))
  return rows.flatMap(([name = '', ...cells], index) => [
    ...(index === 0 ? [] : ['']),
    name,
    ...cells.map((cell, column) => `  ${(heads[column + 1] ?? '').padEnd(width)}  ${cell}`),
  ])
}

/** A name and what there is to say of it, in lines that fit the terminal; elsewhere in one. */
export function entry(
  name: string,
  words: string,
  nameWidth: number,
  terminalWidth: number | undefined = process.stdout.columns,
): string {
  const begin = `  ${name.padEnd(nameWidth)} `
  const room = terminalWidth === undefined ? Number.POSITIVE_INFINITY : Math.max(30, terminalWidth - begin.length)
  const lines: string[] = []
  for (const word of words.split(/ (?!%)/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return begin + lines.join(`\n${' '.repeat(begin.length)}`)
}

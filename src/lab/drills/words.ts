/** Shares, times and lines of text as people read them. */

/** A share in percent; as many digits as it takes to tell it from none and from all. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–'
  const share = (100 * part) / whole
  const isNearAnEnd = (share > 99 && part < whole) || (share < 1 && part > 0)
  return `${share.toFixed(isNearAnEnd ? 2 : 1)} %`
}

/** How many times as many. */
export function times(part: number, whole: number): string {
  return `${(part / Math.max(1, whole)).toFixed(2)}×`
}

/** Milliseconds as seconds, or a dash where nothing was measured. */
export function seconds(ms: number | null): string {
  return ms === null ? '–' : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 0)} s`
}

/** Seconds as minutes and seconds. */
export function span(totalSeconds: number): string {
  const rounded = Math.round(totalSeconds)
  if (rounded < 120) return `${rounded} s`
  const [minutes, rest] = [Math.floor(rounded / 60), rounded % 60]
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}

/** Indented lines of at most `width`; a number stays with its `%`. */
export function wrap(text: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/ (?!%)/)) {
    if (line.length + word.length > width && line !== '') {
      lines.push(`  ${line.trimEnd()}`)
      line = ''
    }
    line += `${word} `
  }
  return [...lines, `  ${line.trimEnd()}`].join('\n')
}

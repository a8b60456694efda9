import type { DrillResult } from './run-drill.ts'
import type { DrillRun } from './tally.ts'

const LABEL_WIDTH = 34
const COLUMN_WIDTH = 18

/** The result of a drill for a terminal: bare and protected side by side, then what it means and how it was measured. */
export function renderDrill(result: DrillResult): string {
  const { direct, fullstop, requests, conditions } = result
  const row = (label: string, of: (run: DrillRun) => string): string =>
    `  ${label.padEnd(LABEL_WIDTH)}${of(direct).padStart(COLUMN_WIDTH)}${of(fullstop).padStart(COLUMN_WIDTH)}`
  const counted = (label: string, of: (run: DrillRun) => number): string =>
    row(label, (run) => `${of(run)} (${percent(of(run), requests)})`)
  const line = `  ${'─'.repeat(LABEL_WIDTH + 2 * COLUMN_WIDTH)}`
  return [
    `Drill ${result.scenario}: ${requests} requests each way, seed ${result.seed}`,
    '',
    `  ${''.padEnd(LABEL_WIDTH)}${'bare'.padStart(COLUMN_WIDTH)}${'through Fullstop'.padStart(COLUMN_WIDTH)}`,
    line,
    counted('complete', (run) => run.complete),
    counted('truncated, taken for success', (run) => run.truncatedAsSuccess),
    counted('errors', (run) => run.errors),
    line,
    row('requests at the providers', (run) => `${run.upstreamRequests} (${perRequest(run, requests)})`),
    row('faults that struck', (run) => String(Object.values(run.faults).reduce((sum, count) => sum + count, 0))),
    row('seconds', (run) => (run.durationMs / 1000).toFixed(1)),
    '',
    wrap(conclusion(result)),
    '',
    wrap(`Scenario: ${conditions.description}`),
    wrap(
      `Failing share: ${Object.entries(conditions.failingShare)
        .map(([platform, share]) => `${platform} ${percent(share, 1)}`)
        .join(', ')}. Delivery: ${conditions.delivery}. Bare means straight at ${conditions.directPlatform}.`,
    ),
    wrap(
      `Clients: ${conditions.clients} ${percent(conditions.mix.anthropic, 1)} speak Anthropic Messages and the rest ` +
        `OpenAI Chat; ${percent(conditions.mix.streamed, 1)} stream, ${percent(conditions.mix.code, 1)} are about code, ` +
        `${percent(conditions.mix.tools, 1)} bring a tool.`,
    ),
    wrap(`Detection: ${result.detection.reason}`),
  ].join('\n')
}

function conclusion({ direct, fullstop, requests }: DrillResult): string {
  const bare =
    `Without Fullstop ${direct.truncatedAsSuccess} of ${requests} answers (${percent(direct.truncatedAsSuccess, requests)}) ` +
    `were incomplete and passed as success, and ${direct.errors} failed.`
  const passed =
    fullstop.truncatedAsSuccess === 0
      ? 'With Fullstop no incomplete answer passed as success'
      : `With Fullstop ${fullstop.truncatedAsSuccess} incomplete answers still passed as success`
  return (
    `${bare} ${passed}; ${fullstop.complete} (${percent(fullstop.complete, requests)}) were complete and ` +
    `${fullstop.errors} ended in an error that the client could see, at ${perRequest(fullstop, requests)} requests to the providers.`
  )
}

function perRequest(run: DrillRun, requests: number): string {
  return `${(run.upstreamRequests / Math.max(1, requests)).toFixed(2)}×`
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
}

function wrap(text: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line.length + word.length > LABEL_WIDTH + 2 * COLUMN_WIDTH && line !== '') {
      lines.push(`  ${line.trimEnd()}`)
      line = ''
    }
    line += `${word} `
  }
  return [...lines, `  ${line.trimEnd()}`].join('\n')
}

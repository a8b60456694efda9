import { existsSync } from 'node:fs'
import {
  diagnose as diagnoseFacts,
  parseHistory,
  starterHistory,
  toHtml,
  toJson,
  toMarkdown,
  toText,
} from '../guidance/index.ts'
import { formatProblems } from '../yaml/index.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { readText, writeText } from './text-files.ts'

export interface DiagnoseOptions {
  readonly incidents?: string
  readonly report?: string
  readonly markdown?: string
  readonly json?: boolean
  /** `true` where no file was named. */
  readonly init?: string | true
}

export const DEFAULT_INCIDENTS_FILE = 'incidents.yaml'

/** `fullstop diagnose`: exits with 2 where the history has problems. */
export async function diagnose({ incidents, report, markdown, json = false, init }: DiagnoseOptions): Promise<void> {
  if (init !== undefined) {
    await writeStarter(init === true ? DEFAULT_INCIDENTS_FILE : init)
    return
  }
  const path = incidents ?? DEFAULT_INCIDENTS_FILE
  const result = parseHistory(await read(path, incidents === undefined), { source: path })
  if (!result.ok) {
    if (json) console.log(JSON.stringify({ ok: false, file: path, problems: result.problems }))
    throw new CommandFailure(json ? '' : formatProblems(result.problems), EXIT.usage)
  }
  const diagnosis = diagnoseFacts(result.facts)
  if (report !== undefined) await writeText(report, toHtml(diagnosis))
  if (markdown !== undefined) await writeText(markdown, toMarkdown(diagnosis))
  console.log(json ? JSON.stringify(toJson(diagnosis)) : toText(diagnosis))
  for (const file of [report, markdown]) if (file !== undefined) console.error(`Written: ${file}`)
}

async function writeStarter(path: string): Promise<void> {
  if (existsSync(path))
    throw new CommandFailure(`${path} is there already; name another file: fullstop diagnose --init FILE`, EXIT.usage)
  await writeText(path, starterHistory)
  console.log(`${path} written. Try it: fullstop diagnose --incidents ${path} --report report.html`)
}

function read(path: string, isDefault: boolean): Promise<string> {
  return readText(path, isDefault ? '; --incidents names one, --init writes one to begin with' : '')
}

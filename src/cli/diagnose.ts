import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
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
  if (report !== undefined) await write(report, toHtml(diagnosis))
  if (markdown !== undefined) await write(markdown, toMarkdown(diagnosis))
  console.log(json ? JSON.stringify(toJson(diagnosis)) : toText(diagnosis))
  for (const file of [report, markdown]) if (file !== undefined) console.error(`Written: ${file}`)
}

async function writeStarter(path: string): Promise<void> {
  if (existsSync(path))
    throw new CommandFailure(`${path} is there already; name another file: fullstop diagnose --init FILE`, EXIT.usage)
  await write(path, starterHistory)
  console.log(`${path} written. Try it: fullstop diagnose --incidents ${path} --report report.html`)
}

async function read(path: string, isDefault: boolean): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    const hint = isDefault ? '; --incidents names one, --init writes one to begin with' : ''
    throw new CommandFailure(`${path}: ${reason(error)}${hint}`, EXIT.usage)
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (error) {
    throw new CommandFailure(`${path}: it cannot be written (${reason(error)})`, EXIT.usage)
  }
}

function reason(error: unknown): string {
  if (error instanceof TypeError) return 'expected text in UTF-8, got other bytes'
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (code === 'ENOENT') return 'there is no such file or folder'
  if (code === 'EACCES' || code === 'EPERM') return 'no permission'
  if (code === 'EISDIR') return 'expected a file, got a folder'
  return code
}

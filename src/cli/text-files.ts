import { readFile, writeFile } from 'node:fs/promises'
import { CommandFailure, EXIT } from './exit-codes.ts'

/** A file's text; a `CommandFailure` says why there is none, with `hint` behind it. */
export async function readText(path: string, hint = ''): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    throw new CommandFailure(`${path}: ${reason(error)}${hint}`, EXIT.usage)
  }
}

/** Writes a file, in place of what was there; a `CommandFailure` says why it cannot be written. */
export async function writeText(path: string, text: string): Promise<void> {
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

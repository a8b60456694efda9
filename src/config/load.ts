import { open } from 'node:fs/promises'
import type { Environment } from './interpolation.ts'
import { configLimitBytes, parseConfig, type ConfigResult } from './parse.ts'

/** Reads and checks a configuration file. What the file system refuses comes back as a problem too; never throws. */
export async function loadConfigFile(path: string, env: Environment): Promise<ConfigResult> {
  let bytes: Uint8Array
  try {
    bytes = await readBounded(path)
  } catch (error) {
    return failure(path, readMessage(error))
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // The decoder's error says nothing more than that.
    return failure(path, 'expected text in UTF-8, got other bytes')
  }
  return parseConfig(text, { source: path, env })
}

// Reads up to one byte more than allowed, so that the parser can refuse what is too large: a size asked for beforehand
// would be wrong for a pipe, and for a file that still grows.
async function readBounded(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const buffer = new Uint8Array(configLimitBytes + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return buffer.subarray(0, length)
  } finally {
    await file.close()
  }
}

function readMessage(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  if (code === 'ENOENT') return 'there is no such file; check the path, or leave --config out'
  if (code === 'EACCES' || code === 'EPERM') return 'the file may not be read; check its permissions'
  if (code === 'EISDIR') return 'expected a file, got a folder'
  return `the file cannot be read (${code})`
}

function failure(file: string, message: string): ConfigResult {
  return { ok: false, problems: [{ file, line: 0, column: 0, path: '', message }] }
}

import { open } from 'node:fs/promises'

/** A file's text, or why there is none. Never throws. */
export type FileReading =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string }

/** Reads UTF-8, at most one byte more than `limitBytes`: enough to tell that it is too much. */
export async function readTextFile(path: string, limitBytes: number): Promise<FileReading> {
  let bytes: Uint8Array
  try {
    bytes = await readBounded(path, limitBytes)
  } catch (error) {
    return { ok: false, message: readMessage(error) }
  }
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    // The decoder's error says nothing more than that.
    return { ok: false, message: 'expected text in UTF-8, got other bytes' }
  }
}

// A size asked for beforehand would be wrong for a pipe, and for a file that still grows.
async function readBounded(path: string, limitBytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const buffer = new Uint8Array(limitBytes + 1)
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
  if (code === 'ENOENT') return 'there is no such file; check the path'
  if (code === 'EACCES' || code === 'EPERM') return 'the file may not be read; check its permissions'
  if (code === 'EISDIR') return 'expected a file, got a folder'
  return `the file cannot be read (${code})`
}

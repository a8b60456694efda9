import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)

/** A gzip body that decompresses to `bytes` bytes: `prefix`, then one letter without end. About a thousandth in size. */
export async function gzipBomb(bytes: number, prefix: string): Promise<Uint8Array> {
  const plain = Buffer.alloc(Math.max(bytes, prefix.length), 'a')
  plain.write(prefix)
  return compress(plain, { level: 6 })
}

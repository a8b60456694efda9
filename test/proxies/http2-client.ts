import { connect } from 'node:http2'

/** `clean`, or what was said of the break. */
export type StreamEnd = 'clean' | `broken: ${string}`

/** Posts over HTTP/2 without TLS, reads everything, and tells how the stream ended. */
export function readHttp2(url: string, body: string): Promise<{ readonly end: StreamEnd; readonly text: string }> {
  const { origin, pathname } = new URL(url)
  return new Promise((resolve) => {
    const session = connect(origin)
    const stream = session.request({ ':method': 'POST', ':path': pathname, 'content-type': 'application/json' })
    let text = ''
    let problem = ''
    session.on('error', (error) => void (problem = String(error)))
    stream.on('data', (bytes: Buffer) => void (text += bytes.toString()))
    stream.on('error', (error) => void (problem = String(error)))
    stream.on('close', () => {
      session.close()
      const code = stream.rstCode ?? 0
      resolve({ end: problem === '' && code === 0 ? 'clean' : `broken: ${code} ${problem}`, text })
    })
    stream.end(body)
  })
}

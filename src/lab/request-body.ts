import type { ProviderRequest } from './provider-http.ts'
import { isRecord } from './json-checks.ts'
import type { JsonRecord } from './json-checks.ts'
import { ProviderRejection } from './protocols/provider-protocol.ts'
import type { ProviderProtocol } from './protocols/provider-protocol.ts'

const BODY_LIMIT_BYTES = 32 * 1024 * 1024

/** Reads a JSON object; throws what the real providers answer to anything else. */
export async function readJsonBody(
  request: ProviderRequest,
  protocol: ProviderProtocol,
): Promise<{ readonly text: string; readonly body: JsonRecord }> {
  const type = request.headers['content-type'] ?? ''
  // Google takes JSON under any name.
  if (protocol.name !== 'gemini' && !/^application\/json\b/i.test(type)) {
    throw new ProviderRejection(
      400,
      `Unsupported content type: '${type}'. This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: ${type}'. Please try again with a supported content type.`,
      { code: 'unsupported_content_type' },
    )
  }
  const text = await readText(request)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw protocol.invalidJson()
  }
  if (!isRecord(body)) throw new ProviderRejection(400, 'Input should be a valid dictionary')
  return { text, body }
}

async function readText(request: ProviderRequest): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > BODY_LIMIT_BYTES) throw new ProviderRejection(413, 'Request exceeds the maximum size')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

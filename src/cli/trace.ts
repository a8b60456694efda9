import type { ExchangeEvidence } from '../evidence/index.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { renderTrace } from './trace-text.ts'

export interface TraceOptions {
  readonly url: string
  readonly key?: string
  readonly json?: boolean
}

/** `fullstop trace ID`: asks a running instance; exits with 1 where it does not know the id. */
export async function trace(
  id: string,
  { url, key = process.env.FULLSTOP_CONTROL_KEY, json = false }: TraceOptions,
): Promise<void> {
  const base = url.replace(/\/+$/, '')
  if (!URL.canParse(base))
    throw new CommandFailure(
      `--url: expected a URL like http://127.0.0.1:8787, got ${JSON.stringify(url)}.`,
      EXIT.usage,
    )
  const response = await ask(`${base}/api/exchanges/${encodeURIComponent(id)}`, key)
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok)
    throw new CommandFailure(messageOf(body) ?? `${base} answered with status ${response.status}.`, EXIT.failed)
  console.log(json ? JSON.stringify(body) : renderTrace(body as ExchangeEvidence))
}

async function ask(address: string, key: string | undefined): Promise<Response> {
  try {
    return await fetch(address, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })
  } catch {
    throw new CommandFailure(
      `Nothing answers at ${new URL(address).origin}. Is Fullstop running there? --url says where.`,
      EXIT.failed,
    )
  }
}

function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  const { error } = body
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : undefined
}

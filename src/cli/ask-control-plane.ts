import { CommandFailure, EXIT } from './exit-codes.ts'

/** Where `fullstop start` has it unless told otherwise. */
export const DEFAULT_CONTROL_URL = 'http://127.0.0.1:8787'

export interface ControlPlaneOptions {
  readonly url: string
  readonly key?: string
}

/**
 * The JSON that a running instance answers with, which has this field; `body` is posted. Throws a `CommandFailure` with its message, or
 * where nothing or something else answers.
 */
export async function askControlPlane<T extends object>(
  path: string,
  field: keyof T & string,
  { url, key = process.env.FULLSTOP_CONTROL_KEY }: ControlPlaneOptions,
  body?: object,
): Promise<T> {
  const base = url.replace(/\/+$/, '')
  if (!URL.canParse(base))
    throw new CommandFailure(
      `--url: expected a URL like http://127.0.0.1:8787, got ${JSON.stringify(url)}.`,
      EXIT.usage,
    )
  const response = await ask(`${base}${path}`, key, body)
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok && typeof answer === 'object' && answer !== null && field in answer) return answer as T
  const error = errorOf(answer)
  // Such paths are unknown to the data plane alone.
  if (error?.code === 'unknown-route')
    throw new CommandFailure(
      `${base} is a gateway whose control plane listens elsewhere (control.listen). --url says where.`,
      EXIT.failed,
    )
  if (error !== undefined) throw new CommandFailure(`${error.message}${hint(response.status)}`, EXIT.failed)
  throw new CommandFailure(
    `What answers at ${base} (status ${response.status}) is not Fullstop's control plane. --url says where that is.`,
    EXIT.failed,
  )
}

async function ask(address: string, key: string | undefined, body: object | undefined): Promise<Response> {
  const headers = {
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  try {
    return await fetch(
      address,
      body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
    )
  } catch {
    throw new CommandFailure(
      `Nothing answers at ${new URL(address).origin}. Is Fullstop running there? --url says where.`,
      EXIT.failed,
    )
  }
}

/** What an error over HTTP cannot know: how this command is given a key or an address. */
function hint(status: number): string {
  return status === 401 ? ' Here: --key, or the environment variable that --help names.' : ''
}

/** One of our own errors, all of which have a code: another server's words would be taken for ours. */
function errorOf(body: unknown): { readonly code: string; readonly message: string } | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  const { error } = body
  if (typeof error !== 'object' || error === null || !('message' in error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? { code: error.code, message: String(error.message) } : undefined
}

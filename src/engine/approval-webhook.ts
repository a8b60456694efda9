import type { WebhookConfig } from '../config/index.ts'
import type { ApprovalDetail, Upstream } from '../exchange/index.ts'
import { backoffMs, type Clock, wait } from '../resilience/index.ts'

/** Messages under way, with those that wait for another try; more are not sent, and counted. */
export const WEBHOOKS_AT_ONCE = 256
const TRIES = 6
/** For one try, ms. */
const PATIENCE_MS = 10_000

export interface WebhookReport {
  readonly sent: number
  /** Given up after several tries. */
  readonly failed: number
  /** Not sent, since too many were under way. */
  readonly dropped: number
}

export interface WebhookDeps {
  readonly clock: Clock
  readonly random: () => number
  readonly upstream: Upstream
}

/**
 * Tells the operator's address of each answer that begins to wait, signed as Standard Webhooks says
 * (https://github.com/standard-webhooks/standard-webhooks): HMAC-SHA256 of `id.timestamp.body`. Beside all else: nothing waits
 * for it, and an address that does not answer costs a bounded number of tries.
 */
export class ApprovalWebhook {
  readonly #deps: WebhookDeps
  readonly #stopped = new AbortController()
  #running = 0
  #sent = 0
  #failed = 0
  #dropped = 0

  constructor(deps: WebhookDeps) {
    this.#deps = deps
  }

  get report(): WebhookReport {
    return { sent: this.#sent, failed: this.#failed, dropped: this.#dropped }
  }

  tell(webhook: WebhookConfig, approval: ApprovalDetail, isPending: () => boolean): void {
    if (this.#running >= WEBHOOKS_AT_ONCE) {
      this.#dropped += 1
      return
    }
    this.#running += 1
    void this.#deliver(webhook, approval, isPending).then((isSent) => {
      this.#running -= 1
      if (isSent) this.#sent += 1
      else this.#failed += 1
    })
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** Never rejects. */
  async #deliver(webhook: WebhookConfig, approval: ApprovalDetail, isPending: () => boolean): Promise<boolean> {
    const { clock, random } = this.#deps
    const body = bodyOf(approval, webhook.content)
    for (let tries = 1; tries <= TRIES && !this.#stopped.signal.aborted; tries++) {
      if (await this.#isTaken(webhook, approval.id, body)) return true
      // Nothing is left to be decided.
      if (!isPending()) return false
      if (tries < TRIES) await wait(1_000 + 4 * backoffMs(tries, random), clock, this.#stopped.signal)
    }
    return false
  }

  async #isTaken({ url, secret }: WebhookConfig, id: string, body: string): Promise<boolean> {
    const { clock, upstream } = this.#deps
    const over = new AbortController()
    const cancel = clock.setTimer(() => over.abort(), PATIENCE_MS)
    try {
      const timestamp = String(Math.floor(clock.wallMs() / 1_000))
      const signature = await sign(secret, `${id}.${timestamp}.${body}`)
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      }
      const signal = AbortSignal.any([over.signal, this.#stopped.signal])
      const response = await upstream.fetch(url.href, { method: 'POST', headers, body, signal })
      await response.body?.cancel()
      return response.ok
    } catch {
      // Refused, silent or cut: another try says whether it passes.
      return false
    } finally {
      cancel()
    }
  }
}

function bodyOf({ request, answer, ...summary }: ApprovalDetail, withContent: boolean): string {
  return JSON.stringify({
    type: 'approval.pending',
    approval: withContent ? { ...summary, request, answer } : summary,
  })
}

/** Base64 of the HMAC-SHA256. A secret that begins with `whsec_` has its bytes in base64 behind it, as the standard writes them. */
async function sign(secret: string, text: string): Promise<string> {
  const usages: KeyUsage[] = ['sign']
  const key = await crypto.subtle.importKey(
    'raw',
    secretBytes(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    usages,
  )
  const signature = await crypto.subtle.sign('HMAC', key, encoder.encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(signature)))
}

function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith('whsec_')) return encoder.encode(secret)
  try {
    return Uint8Array.from(atob(secret.slice('whsec_'.length)), (character) => character.charCodeAt(0))
  } catch {
    // Not base64 after all: then it is the secret as it stands.
    return encoder.encode(secret)
  }
}

const encoder = new TextEncoder()

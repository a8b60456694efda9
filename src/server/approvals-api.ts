import { z } from 'zod'
import type { Engine, WebhookReport } from '../engine/index.ts'
import { FullstopError } from '../errors.ts'
import type { ApprovalSummary, Decision } from '../exchange/index.ts'
import type { ControlIdentity } from './control-identity.ts'

const PATH = '/api/approvals'
const ONE = /^\/api\/approvals\/([\w-]{1,100})$/

/** An edited answer is written by a person. */
const DECISION_LIMIT_BYTES = 1_048_576
/** Of the words for the caller, characters. */
const LONGEST_REASON = 500

export function isApprovalsPath(path: string): boolean {
  return path === PATH || path.startsWith(`${PATH}/`)
}

/** What `GET /api/approvals` answers. */
export interface ApprovalsList {
  readonly pending: readonly ApprovalSummary[]
  readonly decided: readonly ApprovalSummary[]
  readonly webhook: WebhookReport
}

export interface ApprovalsRequest {
  readonly request: Request
  readonly path: string
  readonly identity: ControlIdentity
}

/**
 * `GET /api/approvals`: what waits and what was decided, without content. `GET …/{id}`: with its content, for approvers.
 * `POST …/{id}`: a decision. Throws a `FullstopError`.
 */
export async function approvalsApi(engine: Engine, { request, path, identity }: ApprovalsRequest): Promise<Response> {
  const { method } = request
  const id = ONE.exec(path)?.[1]
  const view = identity.kind === 'approver' ? identity.approver : {}
  if (path === PATH && isRead(method))
    return Response.json({
      pending: engine.approvals.pending(view),
      decided: engine.approvals.decided(view),
      webhook: engine.webhook,
    } satisfies ApprovalsList)
  if (path === PATH) throw wrongMethod(method, 'GET')
  if (id === undefined) throw new FullstopError('unknown-route', `${path.slice(0, 100)}: no such route.`)
  if (!isRead(method) && method !== 'POST') throw wrongMethod(method, 'GET, POST')
  if (identity.kind !== 'approver')
    throw new FullstopError(
      'approver-needed',
      'Expected the key of an approver: who runs the gateway neither reads answers nor decides.',
    )
  if (isRead(method)) return Response.json(engine.approvals.get(id, identity.approver))
  const decision = await readDecision(request)
  return Response.json(await engine.approvals.decide(id, identity.approver, decision))
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function wrongMethod(method: string, allow: string): FullstopError {
  return new FullstopError('method-not-allowed', `Expected ${allow}; ${method.slice(0, 16)} came.`, { allow })
}

const digest = z
  .string('a SHA-256 of 64 hexadecimal digits')
  .regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 hexadecimal digits')
const decisionSchema = z.discriminatedUnion(
  'decision',
  [
    z.strictObject({ decision: z.literal('approve'), digest }),
    z.strictObject({
      decision: z.literal('edit'),
      digest,
      text: z.string('a text that is not empty').min(1, 'a text that is not empty'),
    }),
    z.strictObject({
      decision: z.literal('reject'),
      digest,
      reason: z
        .string(`a text of at most ${LONGEST_REASON} characters`)
        .max(LONGEST_REASON, `a text of at most ${LONGEST_REASON} characters`)
        .optional(),
    }),
  ],
  'approve, edit or reject',
)

async function readDecision(request: Request): Promise<Decision> {
  const body = decisionSchema.safeParse(parse(await readText(request)))
  if (body.success) return body.data
  const [issue] = body.error.issues
  const field = issue?.path.join('.') || 'body'
  const expected =
    issue?.code === 'unrecognized_keys' ? `no other keys than its own; ${issue.keys.join(', ')} came` : issue?.message
  throw new FullstopError('invalid-request', `${field}: expected ${expected ?? 'a decision'}.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new FullstopError('invalid-json', 'Expected a JSON object as the body.')
  }
}

async function readText(request: Request): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of request.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true })
    if (text.length > DECISION_LIMIT_BYTES)
      throw new FullstopError(
        'body-too-large',
        `Expected a body of at most ${DECISION_LIMIT_BYTES} characters; more came.`,
      )
  }
  return text + decoder.decode()
}

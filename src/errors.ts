/**
 * Every error that Fullstop itself gives a caller: status, whether the same request may succeed later, and what to
 * do about it. The message of an instance says what was expected and what came; neither holds a secret or a prompt.
 */
export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = {
  'invalid-json': row(400, false, 'Send the body as one JSON object.'),
  'invalid-request': row(400, false, 'Correct the named field and send the request again.'),
  'not-expressible': row(
    400,
    false,
    'Leave the named part out, or ask for a model whose provider speaks your protocol.',
  ),
  'missing-key': row(401, false, 'Send a key of this gateway as `authorization: Bearer …` or `x-api-key`.'),
  'unknown-key': row(401, false, 'Check the key, or ask whoever runs this gateway for one.'),
  'account-spent': row(
    402,
    false,
    'Add credit to the provider account, or give the model another platform or a fallback.',
  ),
  'host-not-allowed': row(
    403,
    false,
    'Without client keys only loopback names are served: call 127.0.0.1 or localhost.',
  ),
  'origin-not-allowed': row(403, false, 'Call from the machine itself, or set up client keys.'),
  'approval-rejected': row(403, false, 'Change the request, or ask whoever approves why.'),
  'self-approval': row(403, false, 'Somebody else has to decide.'),
  'approver-needed': row(403, false, 'Send the key of one of `approvals.approvers`.'),
  'workflow-not-allowed': row(403, false, 'Use a workflow that this key may use.'),
  'unknown-route': row(404, false, 'See the list of routes in the README.'),
  'not-supported': row(404, false, 'Send this one to the provider directly.'),
  'unknown-model': row(404, false, 'Ask for one of the models that GET /v1/models lists, or for `provider/model`.'),
  'unknown-workflow': row(404, false, 'Name a workflow of the configuration, or leave x-fullstop-workflow out.'),
  'unknown-state': row(404, false, 'Send the conversation itself instead of an id, or check the id.'),
  'unknown-approval': row(
    404,
    false,
    'Check the id; answers that waited are forgotten after a while, and with a restart.',
  ),
  'unknown-exchange': row(
    404,
    false,
    'Check the id; `fullstop trace` lists the latest, and only recent ones are kept.',
  ),
  'method-not-allowed': row(405, false, 'Use the method in the `allow` header.'),
  'approval-conflict': row(409, false, 'Look at the approval again, and decide about what it holds now.'),
  'approval-not-possible': row(400, false, 'Set up `clients` and `approvals.approvers`, and call over the network.'),
  'body-too-slow': row(408, true, 'Send the request again over a faster connection.'),
  'key-reused': row(
    422,
    false,
    'Send the request that the key was first used for, or use a new key for each new request.',
  ),
  'body-too-large': row(413, false, 'Send a smaller body.'),
  'rate-limited': row(429, true, 'Wait as long as `retry-after` says.'),
  'client-limit': row(
    429,
    true,
    'Wait as long as `retry-after` says, or ask whoever runs this gateway for a higher limit.',
  ),
  'request-loop': row(429, false, 'Stop repeating the request: read the error that it got before, and change it.'),
  internal: row(500, false, 'This is a defect of Fullstop: please report it with the exchange id.'),
  'no-complete-answer': row(502, true, 'Try again; the attempts say what each platform did.'),
  'stopped-by-limit': row(
    502,
    false,
    'Allow more output tokens, or ask for less; `limited: pass` in the configuration would let such answers pass.',
  ),
  'provider-rejected-key': row(502, false, 'Check the API key of the named provider in the configuration.'),
  'provider-lacks-model': row(502, false, 'Check the model id of the named platform in the configuration.'),
  'pinned-platform-failed': row(
    503,
    true,
    'Try again later, or send the whole conversation without the reference, which any platform can answer.',
  ),
  overloaded: row(503, true, 'Wait as long as `retry-after` says.'),
  'dies-every-time': row(503, false, 'Wait as long as `retry-after` says, or change the request.'),
  'approvals-full': row(503, true, 'Try again when some of them have been decided.'),
  'shutting-down': row(503, true, 'Try again: another instance, or this one after its restart.'),
  'approval-timed-out': row(504, false, 'Ask again when somebody is there to decide.'),
  'out-of-time': row(504, true, 'Try again, or allow more time.'),
}

export interface ErrorRow {
  readonly status: number
  readonly retryable: boolean
  /** What the caller can do. */
  readonly todo: string
}

export type ErrorCode =
  | 'invalid-json'
  | 'invalid-request'
  | 'not-expressible'
  | 'missing-key'
  | 'unknown-key'
  | 'account-spent'
  | 'host-not-allowed'
  | 'origin-not-allowed'
  | 'approval-rejected'
  | 'self-approval'
  | 'approver-needed'
  | 'workflow-not-allowed'
  | 'unknown-route'
  | 'not-supported'
  | 'unknown-model'
  | 'unknown-workflow'
  | 'unknown-state'
  | 'unknown-approval'
  | 'unknown-exchange'
  | 'method-not-allowed'
  | 'approval-conflict'
  | 'approval-not-possible'
  | 'body-too-slow'
  | 'body-too-large'
  | 'key-reused'
  | 'rate-limited'
  | 'client-limit'
  | 'request-loop'
  | 'internal'
  | 'no-complete-answer'
  | 'stopped-by-limit'
  | 'provider-rejected-key'
  | 'provider-lacks-model'
  | 'pinned-platform-failed'
  | 'overloaded'
  | 'dies-every-time'
  | 'approvals-full'
  | 'shutting-down'
  | 'approval-timed-out'
  | 'out-of-time'

function row(status: number, retryable: boolean, todo: string): ErrorRow {
  return { status, retryable, todo }
}

/** As a sentence, since another follows. */
export function ended(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`
}

/** An error of the table, on its way to the edge that renders it in the caller's protocol. */
export class FullstopError extends Error {
  override readonly name = 'FullstopError'
  readonly code: ErrorCode
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(`${ended(message)} ${ERRORS[code].todo}`)
    this.code = code
    this.headers = headers
  }
}

/** An error of the table as it is; whatever else was thrown is a defect, of which its caller learns no more than that. */
export function toFullstopError(error: unknown): FullstopError {
  return error instanceof FullstopError ? error : new FullstopError('internal', 'Something went wrong that should not.')
}

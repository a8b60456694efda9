import type { ApprovalDetail, ApprovalsList, ApprovalSummary } from '../server/index.ts'
import { renderApproval, renderApprovals, renderDecision } from './approvals-text.ts'
import { askControlPlane, type ControlPlaneOptions, DEFAULT_CONTROL_URL } from './ask-control-plane.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { readText } from './text-files.ts'
import { visibleJson } from './unseen.ts'

export interface ApprovalsOptions extends ControlPlaneOptions {
  readonly json?: boolean
}

export interface DecisionOptions extends ApprovalsOptions {
  /** Of the answer that is decided about, as `show` prints it. */
  readonly digest: string
}

const PATH = '/api/approvals'
const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`

/** An approver's key is their own, and not the operator's. */
function withKey<T extends ApprovalsOptions>(options: T): T {
  const key = options.key ?? process.env.FULLSTOP_APPROVER_KEY
  return key === undefined ? options : { ...options, key }
}

/** `fullstop approvals list`: what waits and what was decided, without content. */
export async function listApprovals(options: ApprovalsOptions): Promise<void> {
  const body = await askControlPlane<ApprovalsList>(PATH, 'pending', withKey(options))
  print(body, options, () => renderApprovals(body, Date.now()))
}

/** `fullstop approvals show ID`: request and answer, and the digest that a decision has to name. */
export async function showApproval(id: string, options: ApprovalsOptions): Promise<void> {
  const body = await askControlPlane<ApprovalDetail | ApprovalSummary>(pathOf(id), 'digest', withKey(options))
  const url = options.url === DEFAULT_CONTROL_URL ? undefined : options.url
  print(body, options, () => renderApproval(body, Date.now(), url))
}

export async function approve(id: string, options: DecisionOptions): Promise<void> {
  await decide(id, { decision: 'approve' }, options)
}

export async function reject(id: string, options: DecisionOptions & { readonly reason?: string }): Promise<void> {
  const { reason } = options
  await decide(id, { decision: 'reject', ...(reason !== undefined && { reason }) }, options)
}

/** `fullstop approvals edit ID`: with the text of `--text`, or of a file (`-`: standard input). */
export async function edit(
  id: string,
  options: DecisionOptions & { readonly text?: string; readonly file?: string },
): Promise<void> {
  await decide(id, { decision: 'edit', text: await textOf(options) }, options)
}

async function textOf({ text, file }: { readonly text?: string; readonly file?: string }): Promise<string> {
  if ((text === undefined) === (file === undefined))
    throw new CommandFailure('Expected the new text, as --text TEXT or --file FILE (- is standard input).', EXIT.usage)
  return text ?? readText(file === '-' ? '/dev/stdin' : (file ?? ''))
}

async function decide(id: string, decision: object, options: DecisionOptions): Promise<void> {
  const body = await askControlPlane<ApprovalSummary>(pathOf(id), 'digest', withKey(options), {
    ...decision,
    digest: options.digest,
  })
  print(body, options, () => renderDecision(body))
}

function print(body: unknown, { json = false }: ApprovalsOptions, render: () => string): void {
  console.log(json ? visibleJson(body) : render())
}

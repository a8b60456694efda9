import type { ApprovalDetail, ApprovalsList, ApprovalSummary } from '../server/index.ts'
import { ms } from './durations.ts'
import { visible, visibleLine } from './unseen.ts'

const SHOWN_DECIDED = 10
/** Of a request, characters: the whole is in the JSON. */
const SHOWN_REQUEST = 2_000

/** What waits for a person, as a person reads it. `nowMs`: wall clock. */
export function renderApprovals({ pending, decided, webhook }: ApprovalsList, nowMs: number): string {
  const { sent, failed, dropped } = webhook
  return [
    pending.length === 0 ? 'No answer waits for a person.' : 'waiting',
    ...pending.map((each) => `  ${line(each)}, for ${ms(Math.max(0, each.expiresAtMs - nowMs))} more`),
    ...(decided.length === 0 ? [] : ['', 'decided']),
    ...decided.slice(0, SHOWN_DECIDED).map((each) => `  ${line(each)}, ${outcomeOf(each)}`),
    ...(sent + failed + dropped === 0 ? [] : ['', `webhook: ${sent} sent, ${failed} failed, ${dropped} dropped`]),
  ].join('\n')
}

/** One answer with what was asked, and how to decide about it; `url`: the control plane’s, where it is not the default. */
export function renderApproval(approval: ApprovalDetail | ApprovalSummary, nowMs: number, url?: string): string {
  if (!('answer' in approval)) return renderDecision(approval)
  const { id, digest, request, answer, expiresAtMs } = approval
  const at = url === undefined ? '' : ` --url ${url}`
  const text = JSON.stringify(request, undefined, 2)
  return [
    `${line(approval)}, for ${ms(Math.max(0, expiresAtMs - nowMs))} more`,
    '',
    'request',
    indented(text.length > SHOWN_REQUEST ? `${text.slice(0, SHOWN_REQUEST)}… (--json has all of it)` : text),
    '',
    'answer',
    ...answer.choices.flatMap(({ content, stop }) => [...content.map(partOf), `  [stopped: ${stop.kind}]`]),
    '',
    `sha256 ${digest}`,
    `  fullstop approvals approve ${id} --digest ${digest}${at}`,
    `  fullstop approvals edit ${id} --digest ${digest}${at} --file FILE`,
    `  fullstop approvals reject ${id} --digest ${digest}${at} --reason TEXT`,
  ].join('\n')
}

export function renderDecision(approval: ApprovalSummary): string {
  const edited = approval.decision?.editedDigest
  return [
    `${line(approval)}, ${outcomeOf(approval)}`,
    `  sha256 ${approval.digest}`,
    ...(edited === undefined ? [] : [`  edited ${edited}`]),
  ].join('\n')
}

function line({ id, workflow, model, client, tenant, degraded }: ApprovalSummary): string {
  const parts = Object.entries({ workflow, client, tenant, degraded }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  )
  // A model's name may be its client's own words.
  return visibleLine([`${id}  ${model}`, ...parts].join(', '))
}

function outcomeOf({ state, decision }: ApprovalSummary): string {
  if (decision === undefined) return state
  return `${state}${decision.approver === undefined ? '' : ` by ${decision.approver}`} after ${ms(decision.waitedMs)}`
}

type Part = ApprovalDetail['answer']['choices'][number]['content'][number]

function partOf(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return indented(part.text)
    case 'thinking':
      return indented(`[thinking] ${part.text}`)
    case 'tool-call':
      return indented(`[calls ${part.name}] ${part.input}`)
    default:
      return indented(`[${part.type}; --json has all of it]`)
  }
}

function indented(text: string): string {
  return visible(text).replaceAll(/^/gm, '  ')
}

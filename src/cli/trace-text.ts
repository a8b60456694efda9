import type { ApprovalEvidence, AttemptEvidence, ExchangeEvidence, SeamEvidence } from '../evidence/index.ts'
import { counted, ms } from './durations.ts'
import { table } from './table.ts'

/** So many of the latest exchanges fit a screen. */
const LISTED = 20

const OUTCOMES: Readonly<Record<ExchangeEvidence['outcome'], string>> = {
  delivered: 'delivered whole',
  refused: 'answered with an error',
  'broken-off': 'broken off: error event, then an aborted body',
  'client-gone': 'the client went away',
  degraded: 'something else was delivered in its place, and labelled',
  kept: 'finished with nobody waiting, and kept for who asks for it',
  'given-up': 'not finished, and nobody waited',
}

const CAVEATS: Readonly<Record<NonNullable<AttemptEvidence['caveat']>, string>> = {
  'finish-on-every-chunk':
    'it gave a finish reason with every chunk, so a clean cut between two of them would have looked the same',
}

const UNCHECKED: Readonly<Record<NonNullable<AttemptEvidence['unchecked']>, string>> = {
  'too-large': 'it or the answer is too large for that',
  'not-compilable': 'it is no JSON Schema that is known here',
  'too-costly': 'that took too long',
}

/** The latest exchanges, newest first, a line each: enough to find an id. */
export function renderExchanges(exchanges: readonly ExchangeEvidence[]): string {
  if (exchanges.length === 0) return 'No exchange has ended yet.'
  const rows = exchanges
    .slice(0, LISTED)
    .map(({ id, startedAtMs, model, outcome, verdict, platform, attempts }) => [
      id,
      `${new Date(startedAtMs).toISOString().slice(0, 19)}Z`,
      model ?? '–',
      `${outcome} (${verdict})`,
      platform ?? '–',
      String(attempts.length),
    ])
  const lines = table([['exchange', 'at', 'asked', 'outcome', 'answered by', 'attempts'], ...rows])
  const more = exchanges.length - rows.length
  return [...lines, ...(more === 0 ? [] : [`(${more} more with --json)`])].join('\n')
}

/** An exchange as a person reads it. */
export function renderTrace(exchange: ExchangeEvidence): string {
  const { id, model, protocol, operation, delivery, streamed, outcome, verdict, errorCode, startedAtMs, durationMs } =
    exchange
  const asked = operation === 'answer' ? (streamed ? `streamed, ${delivery}` : 'not streamed') : operation
  const lines = [
    `${id}  ${outcome === 'delivered' && verdict === 'limited' ? 'delivered up to a limit' : OUTCOMES[outcome]}  (${verdict}${errorCode === undefined ? '' : `, ${errorCode}`})`,
    '',
    `  at        ${new Date(startedAtMs).toISOString()}, ${ms(durationMs)} in all`,
    `  asked     ${model ?? 'a model'} through ${protocol}, ${asked}`,
    ...labels(exchange),
    ...(exchange.platform === undefined ? [] : [`  answered  ${exchange.platform}`]),
    ...(exchange.firstDeliveredMs === undefined
      ? []
      : [`  delivered first content after ${ms(exchange.firstDeliveredMs)}`]),
    ...usage(exchange),
    ...pressure(exchange),
    ...replay(exchange),
    ...instead(exchange),
    '',
    exchange.attempts.length === 0 ? '  no attempt was sent' : '  attempts',
    ...exchange.attempts.flatMap((each) =>
      attempt(
        each,
        exchange.seams?.find((seam) => seam.attempt === each.ordinal),
      ),
    ),
  ]
  return lines.join('\n')
}

function labels({ workflow, client, tenant, run, step, session }: ExchangeEvidence): readonly string[] {
  const parts = Object.entries({ workflow, client, tenant, run, step, session }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  )
  return parts.length === 0 ? [] : [`  for       ${parts.join(', ')}`]
}

function pressure({ diverted, refusedBy, clientRetry = 0, repeats }: ExchangeEvidence): readonly string[] {
  const again = Math.max(clientRetry, repeats)
  return [
    ...(diverted ?? []).map(({ platform, by }) => `  around    ${platform} (${by})`),
    ...(refusedBy === undefined ? [] : [`  held back by ${refusedBy}`]),
    ...(again === 0 ? [] : [`  the client tried this ${counted(again, 'time')} before`]),
  ]
}

function replay({ replayOf, finishOf, outcome }: ExchangeEvidence): readonly string[] {
  const again = outcome === 'delivered' ? 'the answer of' : 'waited for'
  return [
    ...(replayOf === undefined ? [] : [`  again     ${again} ${replayOf}`]),
    ...(finishOf === undefined ? [] : [`  finished  in the background what broke off in ${finishOf}`]),
  ]
}

const DEGRADED: Readonly<Record<NonNullable<ExchangeEvidence['degraded']>, string>> = {
  cache: 'the answer that the same request had before',
  model: 'a simpler model',
  answer: 'the fixed answer',
}

function instead({ degraded, approval }: ExchangeEvidence): readonly string[] {
  return [
    ...(degraded === undefined ? [] : [`  degraded  ${degraded}: ${DEGRADED[degraded]}`]),
    ...(approval === undefined ? [] : decision(approval)),
  ]
}

function decision({ outcome, approver, waitedMs, digest, editedDigest }: ApprovalEvidence): readonly string[] {
  const by = approver === undefined ? '' : ` by ${approver}`
  return [
    `  approval  ${outcome}${by} after ${ms(waitedMs)}`,
    `            sha256 ${digest}`,
    ...(editedDigest === undefined ? [] : [`            edited ${editedDigest}`]),
  ]
}

function usage({ usage: used }: ExchangeEvidence): readonly string[] {
  if (used === undefined) return []
  const { inputTokens, outputTokens } = used
  if (inputTokens === undefined && outputTokens === undefined) return ['  billed    not reported by the provider']
  return [`  billed    ${inputTokens ?? '?'} tokens in, ${outputTokens ?? '?'} out`]
}

function attempt(each: AttemptEvidence, seam: SeamEvidence | undefined): readonly string[] {
  const { ordinal, cause, probe, provider, model, verdict, proof, reason, status, durationMs } = each
  const broken = each.violation === undefined ? '' : `: ${each.violation}`
  const why = proof ?? (reason === undefined ? undefined : `${reason}${broken}`)
  const served = each.servedModel === undefined || each.servedModel === model ? '' : `, served by ${each.servedModel}`
  return [
    `  ${String(ordinal).padStart(3)}. ${provider}/${model}${served}${probe ? ', a probe' : ''}${CAUSES[cause]}`,
    ...(seam === undefined
      ? []
      : [`       ${SEAMS[seam.kind]} behind ${seam.charactersBefore} characters: ${joined(seam)}`]),
    `       ${verdict}${why === undefined ? '' : ` (${why})`}${each.rawStop === undefined ? '' : `, stop reason ${each.rawStop}`}`,
    `       ${status === undefined ? 'no response' : `status ${status} after ${ms(each.headersMs)}`}${timing(each)}; over after ${ms(durationMs)}`,
    ...(each.bytes === 0
      ? []
      : [
          `       ${each.bytes} bytes, ${each.events} events, ${each.toolCalls} tool calls${each.invalidToolCalls > 0 ? ` (${each.invalidToolCalls} not whole)` : ''}`,
        ]),
    ...(each.caveat === undefined ? [] : [`       but ${CAVEATS[each.caveat]}`]),
    ...(each.unchecked === undefined
      ? []
      : [`       not held to a schema of its caller's: ${UNCHECKED[each.unchecked]}`]),
    ...(each.dropped === undefined ? [] : [`       left out for ${each.protocol}: ${each.dropped.join(', ')}`]),
  ]
}

const CAUSES: Readonly<Record<AttemptEvidence['cause'], string>> = {
  first: '',
  retry: '',
  hedge: ', a hedge',
  seam: ', a seam',
}

const SEAMS: Readonly<Record<SeamEvidence['kind'], string>> = {
  prefill: 'was to continue the text',
  regenerate: 'answered anew, to go on',
  instruct: 'was told to go on',
}

function joined({ outcome, charactersAdded }: SeamEvidence): string {
  switch (outcome) {
    case 'joined':
      return `${charactersAdded} more are its own`
    case 'diverged':
      return 'it wrote something else'
    case 'failed':
      return 'it came to nothing'
  }
}

function timing({ firstContentMs }: AttemptEvidence): string {
  return firstContentMs === undefined ? '' : `, first content after ${ms(firstContentMs)}`
}

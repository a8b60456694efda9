import { z } from 'zod'
import type { ConfigInput } from './config-input.ts'
import { formatDuration } from './duration.ts'
import { hostNames } from './known-hosts.ts'
import type { FullstopConfig } from './fullstop-config.ts'
import {
  defaultDeadlineMs,
  defaultFirstEventMs,
  defaultIdleMs,
  defaultPolicy,
  defaultRepeats,
  defaultReplay,
  defaultTotalMs,
  maxAttempts,
  maxReplayMegabytes,
} from './policy-defaults.ts'
import { list, optional, required, section, text, word } from '../yaml/index.ts'
import {
  apiKey,
  baseUrl,
  duration,
  durationNotes,
  fieldName,
  filePath,
  keyHash,
  listen,
  modelName,
  plainName,
  platform,
  providerName,
  webhookSecret,
  webhookUrl,
} from './schema-values.ts'
import { apiFamilies, type ApiFamily } from './types.ts'

const timeouts = section({
  firstEvent: optional(duration, {
    about: 'From sending the request to the first event with content (5m for requests that ask for reasoning).',
    ...durationNotes,
    default: formatDuration(defaultFirstEventMs),
  }),
  idle: optional(duration, {
    about: 'Between two events of a stream (5m for requests that ask for reasoning).',
    ...durationNotes,
    default: formatDuration(defaultIdleMs),
  }),
  total: optional(duration, {
    about: 'The whole attempt; the only limit for an answer that is not streamed.',
    ...durationNotes,
    default: formatDuration(defaultTotalMs),
  }),
})

const whole = (max: number): z.ZodInt => {
  const error = `a whole number from 1 to ${max}`
  return z.int({ error }).min(1, { error }).max(max, { error })
}
const concurrent = whole(100_000)
const requests = whole(1_000_000)
const tokens = whole(1_000_000_000)
const concurrentNotes = { unit: 'attempts', range: '1 to 100000', defaultWords: 'no limit' }
const requestsNotes = { unit: 'requests within any minute', range: '1 to 1000000', defaultWords: 'no limit' }
const tokensNotes = { unit: 'tokens within any minute', range: '1 to 1000000000', defaultWords: 'no limit' }

const limits = section({
  concurrent: optional(concurrent, {
    about: 'Attempts at once, over all models of this provider; more goes elsewhere, or is refused with the time.',
    ...concurrentNotes,
  }),
  requestsPerMinute: optional(requests, {
    about: 'Attempts, over all models of this provider; more goes elsewhere, or is refused with the time.',
    ...requestsNotes,
  }),
  tokensPerMinute: optional(tokens, {
    about: 'Input and output of the attempts, over all models of this provider; more goes elsewhere, or is refused.',
    ...tokensNotes,
  }),
})

const clientLimits = section({
  concurrent: optional(concurrent, {
    about: 'Requests of this client that are answered at once.',
    ...concurrentNotes,
    unit: 'requests',
  }),
  requestsPerMinute: optional(requests, { about: 'Requests of this client.', ...requestsNotes }),
  tokensPerMinute: optional(tokens, {
    about: 'Input and output that were billed for this client, over all attempts; counted when an answer ends.',
    ...tokensNotes,
  }),
  repeats: optional(whole(100_000), {
    about:
      'How often this client may send the same body within a minute: a guard against loops, for every client that has limits, even {}.',
    unit: 'requests within a minute',
    range: '1 to 100000',
    default: defaultRepeats,
  }),
})

const provider = section({
  protocol: required(word('anthropic', 'openai-chat', 'openai-responses', 'gemini'), {
    about: 'What the upstream speaks.',
  }),
  baseUrl: optional(baseUrl, {
    about: "What the protocol's official SDK takes: OpenAI's with /v1, the others' without.",
    range: 'http or https, without credentials, query or fragment',
    defaultWords: "the protocol's official host",
  }),
  host: optional(word(...hostNames), {
    about: 'Whose ways this upstream has, where its address does not say: who runs vllm or ollama names it here.',
    defaultWords: 'known by the address',
  }),
  apiKey: optional(apiKey, {
    about: 'The key of the account, best as ${NAME} from the environment.',
    defaultWords: 'none, requests are sent without a key',
  }),
  apiKeys: optional(list(apiKey, 'a list of keys').min(1, { error: 'at least one key' }), {
    about: 'Instead of apiKey: several keys of one account, used in turn; one that is limited or refused rests.',
    range: 'at least one',
    defaultWords: 'none',
  }),
  completion: optional(word('strict', 'finish-only', 'sentinel-only'), {
    about:
      'Which proof of completeness this upstream gives. strict: every terminal marker of the protocol; finish-only: a finish reason for every choice and a clean end; sentinel-only: [DONE] alone (openai-chat only).',
    defaultWords: "known hosts' own, else finish-only for openai-chat and strict for the others",
  }),
  timeouts: optional(timeouts, { about: 'How long one attempt may take.', defaultWords: 'each key’s own' }),
  limits: optional(limits, { about: 'What the account takes.', defaultWords: 'no limits' }),
  contextWindow: optional(
    z
      .int({ error: 'a whole number of tokens' })
      .min(1, { error: 'at least 1 token' })
      .max(1_000_000_000, { error: 'at most 1000000000 tokens' }),
    {
      about: 'The longest request the models of this provider take; lets a too-long one go to a larger model.',
      unit: 'tokens',
      range: '1 to 1000000000',
    },
  ),
  prefill: optional(word('never', 'accepted'), {
    about:
      'Whether a half answer may be handed over to be continued, for its models that do; those that are known to refuse are never asked. Not for openai-responses, whose models answer anew.',
    default: 'never',
  }),
})

const model = section({
  platforms: required(list(platform, 'a list of provider/model').min(1, { error: 'at least one provider/model' }), {
    about: 'Where this model is served, as provider/model: all the same model, interchangeable.',
    range: 'at least one',
  }),
  fallbacks: optional(list(modelName, 'a list of model names'), {
    about: 'Other models to go to when no platform of this one answers, in order.',
    defaultWords: 'no fallbacks',
  }),
  affinity: optional(word('session', 'none'), {
    about: 'session keeps a session on the platform that answered it last, while that answers; none does not.',
    default: 'session',
  }),
})

const profileNotes = {
  about:
    'The scenario in one word. prototype: nothing is held back; batch, internal, customer, critical: breakers, retry budget and adaptive limits; batch also has 6 attempts within 1h; under critical every answer waits whole for a person.',
}
const deliveryNotes = {
  about:
    'hold keeps an answer until it is proven; guarded passes text on a sentence late at first and a word late then, and structured output when it is proven; live passes it on as it comes.',
}
const thinkingNotes = {
  about: 'Under guarded delivery: live passes thinking on as it comes; hold keeps it until the text behind it flows.',
}
const attemptsExpected = `a whole number from 1 to ${maxAttempts}`
const attempts = z
  .int({ error: attemptsExpected })
  .min(1, { error: attemptsExpected })
  .max(maxAttempts, { error: attemptsExpected })
const attemptsNotes = {
  about: "The exchange's whole budget; 6 for the profile batch.",
  unit: 'attempts',
  range: `1 to ${maxAttempts}`,
}
const deadlineNotes = {
  about: "From the request's arrival to its end, over all attempts; 1h for the profile batch.",
  ...durationNotes,
}

const profile = word('prototype', 'batch', 'internal', 'customer', 'critical')
const hedge = word('off', 'p95')
const hedgeNotes = {
  about:
    'p95: a streamed request gets a second attempt on another platform when its platform is silent for longer than its own 95th percentile.',
}
const replay = word('on', 'off')
const replayNotes = {
  about:
    'on: an answer that broke off is finished in the background for whoever asks for it again, and an Idempotency-Key is heeded; off: nothing is kept.',
}
const megabytesExpected = `a whole number from 1 to ${maxReplayMegabytes}`
const replays = section({
  window: optional(duration, {
    about: 'An answer that broke off can be had for so long.',
    ...durationNotes,
    default: formatDuration(defaultReplay.windowMs),
  }),
  keyWindow: optional(duration, {
    about: 'An answer can be had again under its Idempotency-Key for so long.',
    ...durationNotes,
    default: formatDuration(defaultReplay.keyWindowMs),
  }),
  megabytes: optional(
    z
      .int({ error: megabytesExpected })
      .min(1, { error: megabytesExpected })
      .max(maxReplayMegabytes, { error: megabytesExpected }),
    {
      about: 'Memory for all kept answers together; the oldest goes first.',
      unit: 'MiB',
      range: `1 to ${maxReplayMegabytes}`,
      default: defaultReplay.limitBytes / 1_048_576,
    },
  ),
})

const limited = word('pass', 'continue', 'reroute', 'error')
const limitedNotes = {
  about:
    'What an answer means that a limit stopped (max_tokens). pass: as the protocol says it; continue: a text is gone on with where somebody can, and passed on where nobody does; reroute: another platform is asked, and it is refused where none helps, unless text of it was delivered; error: an error. reroute for the profile customer.',
}
const toolArguments = word('enforce', 'pass')
const toolArgumentsNotes = {
  about:
    "enforce: a call whose arguments break its tool's schema is a failed attempt; pass: whoever runs the tool judges them.",
}
const seam = word('off', 'proven', 'instruct')
const seamNotes = {
  about:
    'Under guarded delivery, when a text breaks off: proven goes on where the same model continues it, or an answer made anew begins with exactly what was delivered; instruct also tells a model to go on, plain text only; off ends it honestly, as the profile prototype does.',
}
const approval = section({
  timeout: optional(duration, {
    about: 'So long an answer waits for a person.',
    ...durationNotes,
    default: formatDuration(defaultPolicy.approval.timeoutMs),
  }),
  onTimeout: optional(word('reject', 'answer'), {
    about: 'Where nobody decided in time. reject: an error; answer: the fixed answer of degrade.',
    default: defaultPolicy.approval.onTimeout,
  }),
})
const approvalNotes = {
  about:
    'How long an answer waits for a person, and what then; where the profile is critical, or a request makes it so.',
}
const degrade = section({
  cache: optional(duration, {
    about: 'Complete answers are kept in memory for so long, for the same request of the same client.',
    ...durationNotes,
    defaultWords: 'none are kept',
  }),
  model: optional(modelName, {
    about: 'A simpler model that is asked last: one of models, or provider/model.',
    defaultWords: 'none is asked',
  }),
  answer: optional(
    z.string({ error: 'a text' }).min(1, { error: 'a text' }).max(65_536, { error: 'at most 65536 characters' }),
    { about: 'Fixed words.', range: '1 to 65536 characters', defaultWords: 'an error' },
  ),
})
const delivery = word('hold', 'guarded', 'live')
const thinking = word('hold', 'live')

const defaults = section({
  profile: optional(profile, { ...profileNotes, default: defaultPolicy.profile }),
  delivery: optional(delivery, { ...deliveryNotes, default: defaultPolicy.delivery }),
  thinking: optional(thinking, { ...thinkingNotes, default: defaultPolicy.thinking }),
  attempts: optional(attempts, { ...attemptsNotes, default: defaultPolicy.attempts }),
  deadline: optional(duration, { ...deadlineNotes, default: formatDuration(defaultDeadlineMs) }),
  hedge: optional(hedge, { ...hedgeNotes, default: defaultPolicy.hedge }),
  approval: optional(approval, { ...approvalNotes, defaultWords: 'each key’s own' }),
  seam: optional(seam, { ...seamNotes, defaultWords: 'proven; off for the profile prototype' }),
  replay: optional(replay, { ...replayNotes, default: defaultPolicy.replay }),
  limited: optional(limited, { ...limitedNotes, default: defaultPolicy.limited }),
  toolArguments: optional(toolArguments, { ...toolArgumentsNotes, default: defaultPolicy.toolArguments }),
})

const amountExpected = 'a number above 0'
const value = section({
  currency: required(text('three capital letters such as USD', /^[A-Z]{3}$/), { about: 'The currency, by ISO 4217.' }),
  amount: required(z.number({ error: amountExpected }).positive({ error: amountExpected }), {
    about: 'What one of them is worth.',
    unit: 'of the currency',
    range: 'above 0',
  }),
  per: required(word('run', 'exchange'), { about: 'Whether that is a whole run or each exchange.' }),
})

const asInDefaults = { defaultWords: 'as in defaults, else the profile’s' }
const workflow = section({
  profile: optional(profile, { ...profileNotes, ...asInDefaults }),
  delivery: optional(delivery, { ...deliveryNotes, ...asInDefaults }),
  thinking: optional(thinking, { ...thinkingNotes, ...asInDefaults }),
  model: optional(modelName, {
    about: 'The model that serves it: one of models, or provider/model.',
    defaultWords: 'what the request names',
  }),
  attempts: optional(attempts, { ...attemptsNotes, ...asInDefaults }),
  deadline: optional(duration, { ...deadlineNotes, ...asInDefaults }),
  hedge: optional(hedge, { ...hedgeNotes, ...asInDefaults }),
  replay: optional(replay, { ...replayNotes, ...asInDefaults }),
  limited: optional(limited, { ...limitedNotes, defaultWords: 'reroute with schema or expect, else as in defaults' }),
  toolArguments: optional(toolArguments, { ...toolArgumentsNotes, ...asInDefaults }),
  schema: optional(filePath, {
    about:
      'A file with the JSON Schema that answers must meet, relative to this one. Whole answers alone are delivered, and one that does not meet it is a failed attempt.',
    defaultWords: 'none',
  }),
  value: optional(value, {
    about: 'What an answer of this workflow is worth; `fullstop check` advises a profile by it.',
    defaultWords: 'not declared',
  }),
  expect: optional(list(fieldName, 'a list of field names').min(1, { error: 'at least one field' }), {
    about: 'Instead of schema: the fields that an answer, one JSON object, must have, none of them null.',
    range: 'at least one',
    defaultWords: 'none',
  }),
  seam: optional(seam, { ...seamNotes, ...asInDefaults }),
  approval: optional(approval, { ...approvalNotes, defaultWords: 'each key as in defaults' }),
  degrade: optional(degrade, {
    about: 'What is given where everything else failed, labelled as what it is, the best that there is of it.',
    range: 'at least one of its keys',
    defaultWords: 'nothing, an error',
  }),
})

const client = section({
  keyHash: required(keyHash, { about: "The SHA-256 of the client's key, as sha256:<64 hexadecimal digits>." }),
  workflows: optional(list(plainName, 'a list of workflow names').min(1, { error: 'at least one workflow' }), {
    about: 'The workflows it may use.',
    range: 'at least one; leave the key out for all',
    defaultWords: 'all',
  }),
  tenant: optional(plainName, {
    about: 'Whose requests these are: what one tenant made, another can neither name nor see.',
    defaultWords: 'clients without one share one',
  }),
  limits: optional(clientLimits, {
    about: `What this client may use; more is refused with 429, which limit it was and until when. Whatever stands here, even {}, comes with repeats: ${defaultRepeats} unless it says another.`,
    defaultWords: 'no limits',
  }),
})

const control = section({
  keyHash: optional(keyHash, {
    about: "The SHA-256 of the control plane's key, as sha256:<64 hexadecimal digits>.",
    defaultWords: 'no key, loopback only',
  }),
  listen: optional(listen, {
    about: 'Where the control plane listens, as host:port.',
    range: 'port 0 to 65535 (0: any free one); other hosts than loopback need keyHash',
    defaultWords: 'the port of the data plane, loopback only',
  }),
})

const approver = section({
  keyHash: required(keyHash, { about: "The SHA-256 of the approver's key, as sha256:<64 hexadecimal digits>." }),
  tenants: optional(list(plainName, 'a list of tenants').min(1, { error: 'at least one tenant' }), {
    about: 'Whose answers they may see and decide about.',
    range: 'at least one; leave the key out for all',
    defaultWords: 'all',
  }),
  workflows: optional(list(plainName, 'a list of workflow names').min(1, { error: 'at least one workflow' }), {
    about: 'Answers of which workflows they may see and decide about.',
    range: 'at least one; leave the key out for all',
    defaultWords: 'all',
  }),
})
const webhook = section({
  url: required(webhookUrl, { about: 'Where new approvals are told.', range: 'https, or http on loopback' }),
  secret: required(webhookSecret, {
    about: 'What messages are signed with (Standard Webhooks), best as ${NAME} from the environment.',
    range: 'at least 16 characters',
  }),
  content: optional(word('off', 'on'), {
    about: 'on: request and answer are sent along; off: only that one waits, and where.',
    default: 'off',
  }),
})
const approvals = section({
  approvers: optional(z.record(plainName, approver, { error: 'a mapping of names of approvers' }), {
    about: 'Who decides about answers that wait, each with a key of their own.',
    defaultWords: 'nobody, so nothing can be critical',
  }),
  webhook: optional(webhook, { about: 'Told of each answer that begins to wait.', defaultWords: 'nobody is told' }),
})

type PassthroughFields = Readonly<Record<ApiFamily, z.ZodOptional<typeof providerName>>>
const passthrough = section(
  Object.fromEntries(
    apiFamilies.map((family) => [
      family,
      optional(providerName, {
        about: `The provider that calls of ${family} go to.`,
        defaultWords: 'they are refused',
      }),
    ]),
  ) as PassthroughFields,
)

const root = section({
  providers: required(z.record(providerName, provider, { error: 'a mapping of provider names' }), {
    about: 'Upstream accounts by name.',
    range: 'at least one',
  }),
  models: optional(z.record(modelName, model, { error: 'a mapping of model names' }), {
    about: 'Logical models by name; a name must not begin with the name of a provider and a slash.',
    defaultWords: 'none, requests name provider/model',
  }),
  defaults: optional(defaults, {
    about: 'What applies to requests that name no workflow.',
    defaultWords: 'each key’s own',
  }),
  workflows: optional(z.record(plainName, workflow, { error: 'a mapping of workflow names' }), {
    about: 'Named uses of models, with what applies to them.',
  }),
  clients: optional(z.record(plainName, client, { error: 'a mapping of client names' }), {
    about: 'Who may call the data plane.',
    defaultWords: 'everyone on this machine, and only loopback may be bound',
  }),
  passthrough: optional(passthrough, {
    about: 'Other families of calls, each passed through whole to one provider; nothing of them is judged.',
    defaultWords: 'none, they are refused',
  }),
  replay: optional(replays, {
    about: 'Answers that are kept for who asks for them again: how long, and how much of them.',
    defaultWords: 'each key’s own',
  }),
  approvals: optional(approvals, {
    about: 'Who decides about the answers of the profile critical.',
    defaultWords: 'nobody',
  }),
  control: optional(control, { about: 'The control plane.', defaultWords: 'same port, loopback only' }),
})

/** The one declaration of `fullstop.yaml`; `FullstopConfig` says the same to users of the object. What refers to something else is checked apart (`references.ts`). */
export const configSchema: z.ZodType<ConfigInput, FullstopConfig> = root

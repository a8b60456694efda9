import { z } from 'zod'
import { list, optional, required, section, word } from '../../yaml/index.ts'
import { changeKinds, type Practice, practiceStates } from '../facts/index.ts'
import { flag, id, ids, moment, sentence, sources } from './values.ts'

const stateNotes = {
  about:
    'in-place counts for a level; partial only where a level says so; announced and absent never do, but show that something is known.',
}

const base = {
  id: required(id, { about: 'Its name, to be cited by.' }),
  text: required(sentence, { about: 'What is known of it, in one sentence.' }),
  state: required(word(...practiceStates), stateNotes),
  since: optional(moment, { about: 'From when on.' }),
  sources: required(sources, { about: 'Who says so.' }),
}

function practice<K extends string, S extends z.core.$ZodLooseShape>(
  kind: K,
  about: string,
  shape: S,
): z.ZodObject<{ kind: z.ZodLiteral<K> } & typeof base & S, z.core.$strict> {
  return section({ kind: required(z.literal(kind, { error: `"${kind}"` }), { about }), ...base, ...shape })
}

const standard = practice('standard', 'What "good" is.', {
  covers: required(list(word('output-quality', 'availability'), 'a list').min(1, { error: 'at least one' }), {
    about: 'What it defines.',
  }),
  written: optional(flag, { about: 'It is written down.' }),
  measurable: optional(flag, { about: 'It states tolerances that a machine can check.' }),
  versioned: optional(flag, { about: 'Its versions and the reasons for each are kept.' }),
  enforced: optional(flag, { about: 'A change that breaks it cannot be served.' }),
  refinedBy: optional(word('evidence', 'hand', 'nothing'), { about: 'What makes it more exact over time.' }),
})

const gate = practice('gate', 'What a change must pass before it serves.', {
  enforced: optional(flag, { about: 'What does not pass is not served.' }),
  platforms: optional(word('all', 'some'), { about: 'On how many of the platforms it demands proof.' }),
  changes: optional(list(word(...changeKinds), 'a list of kinds of change'), { about: 'Which changes must pass it.' }),
  blocksOn: optional(list(word('open-signal', 'overdue-remediation'), 'a list'), {
    about: 'What else makes it refuse.',
  }),
})

const evaluation = practice('evaluation', 'A test of output quality.', {
  runsOn: required(word('before-deployment', 'beside-production', 'production-traffic'), {
    about:
      'before-deployment: on what is to be deployed; beside-production: synthetic benchmarks against production; production-traffic: on what users are really served.',
  }),
  when: required(word('per-change', 'periodic', 'continuous'), { about: 'How often it runs.' }),
  platforms: optional(ids, { about: 'The platforms it covers.', defaultWords: 'not known' }),
})

const monitoring = practice('monitoring', 'What watches production.', {
  watches: required(
    list(word('infrastructure', 'errors', 'output-quality'), 'a list').min(1, { error: 'at least one' }),
    { about: 'infrastructure: load, memory, throughput; errors: how requests end; output-quality: what is in them.' },
  ),
  automatic: optional(flag, { about: 'It alerts without anyone looking.' }),
})

const observability = practice('observability', 'Whether quality in production can be examined.', {
  access: required(word('content', 'content-free', 'blocked'), {
    about: 'content: by reading conversations; content-free: without reading any; blocked: not at all.',
  }),
})

const capacityPlanning = practice('capacity-planning', 'How capacity meets demand.', {
  forecast: optional(flag, { about: 'Demand is forecast, and capacity placed ahead of it.' }),
})

const changeNotice = practice('change-notice', 'Whether callers hear of changes to limits and policy beforehand.', {
  applies: required(word('always', 'sometimes', 'never'), { about: 'How reliably.' }),
})

const threshold = practice('threshold', 'How the sensitivity of detectors and evaluations is set.', {
  adjustedBy: required(word('evidence', 'hand', 'nothing'), { about: 'What adjusts it.' }),
})

/** One practice; which keys it takes depends on its `kind`. */
export const practiceSchema: z.ZodType<Practice> = z.discriminatedUnion(
  'kind',
  [standard, gate, evaluation, monitoring, observability, capacityPlanning, changeNotice, threshold],
  {
    error:
      'a practice with a kind: one of standard, gate, evaluation, monitoring, observability, capacity-planning, change-notice, threshold',
  },
)

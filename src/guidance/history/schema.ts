import { z } from 'zod'
import { list, optional, required, section, word as oneOf } from '../../yaml/index.ts'
import {
  causeKinds,
  detectors,
  eventKinds,
  type Facts,
  type Incident,
  type IncidentEvent,
  validations,
} from '../facts/index.ts'
import { practiceSchema } from './practice-schema.ts'
import { count, flag, id, ids, moment, sentence, share, sources, url, word } from './values.ts'

/** What a file says: facts, with lists that may be left out and events that are not yet numbered. */
export interface History extends Pick<Facts, 'subject' | 'asOf' | 'period' | 'sources'> {
  readonly incidents: readonly (Omit<Incident, 'events'> & { readonly events: readonly HistoryEvent[] })[]
  readonly practices?: Facts['practices'] | undefined
  readonly remediations?: Facts['remediations'] | undefined
  readonly demand?: Facts['demand'] | undefined
  readonly limitChanges?: Facts['limitChanges'] | undefined
  readonly costs?: Facts['costs'] | undefined
  readonly observations?: Facts['observations'] | undefined
  readonly claims?: Facts['claims'] | undefined
}

export type HistoryEvent = Omit<IncidentEvent, 'id'> & { readonly id?: string | undefined }

const sourcesField = required(sources, { about: 'Who says so: ids of sources.' })
const idField = required(id, { about: 'Its name, to be cited by.' })

const subject = section({
  name: required(word, { about: 'Whose operation is diagnosed.' }),
  product: optional(word, { about: 'What it serves.' }),
  platforms: optional(ids, {
    about: 'All platforms that serve it; a gate or an evaluation is complete when it covers them.',
    defaultWords: 'not known, and nothing can be proven complete',
  }),
})

const period = section({
  from: required(moment, { about: 'Its beginning.' }),
  to: required(moment, { about: 'Its end.' }),
  incidents: optional(count, {
    about: 'How many incidents there were in it, described here or not. Shares are of this number.',
    defaultWords: 'not known, and no share of incidents can be proven',
  }),
  remediations: optional(count, {
    about: 'How many repairs were promised in it, described here or not.',
    defaultWords: 'not known, and no share of repairs can be proven',
  }),
  changes: optional(count, {
    about: 'How many changes went to production in it.',
    defaultWords: 'not known, and no share of changes can be proven',
  }),
  sources: sourcesField,
})

const source = section({
  id: idField,
  type: required(oneOf('primary', 'secondary', 'monitoring'), {
    about:
      'primary: the operator’s own word; secondary: someone who reports on it; monitoring: someone who measures it from outside.',
  }),
  title: required(sentence, { about: 'What it is, with its date.' }),
  url: optional(url, { about: 'Where it can be read.' }),
  usedFor: required(sentence, { about: 'What this history takes from it.' }),
})

const account = section({
  at: optional(moment, { about: 'When, according to it.' }),
  share: optional(share, { about: 'How much was affected, according to it.' }),
  text: required(sentence, { about: 'What it says instead.' }),
  sources: sourcesField,
})

const event = section({
  id: optional(id, { about: 'Its name, to be cited by.', defaultWords: 'the incident’s id, a dot and its number' }),
  at: required(moment, { about: 'When: a time with zone, or the day or month where no more is known (of UTC).' }),
  kind: required(oneOf(...eventKinds), {
    about:
      'introduced: the fault came in; amplified: something made it worse; impact: users were affected from here on; user-report; detected (by whom: by); acknowledged; mitigated; fixed; resurfaced: it was back after a fix; verified: the fix was seen to hold; communicated.',
  }),
  text: required(sentence, { about: 'What happened, in one sentence.' }),
  by: optional(oneOf(...detectors), {
    about:
      'Who detected it. monitoring and evaluation alert by themselves; staff are the operator’s own people; third-party watches from outside.',
  }),
  first: optional(flag, {
    about: 'Of a user report: nobody reported it earlier. Only then can a detection be proven to have come first.',
  }),
  share: optional(share, { about: 'How much was affected from then on.' }),
  platforms: optional(ids, { about: 'Where.' }),
  validated: optional(oneOf(...validations), {
    about: 'Of a change: on how many platforms it was tried before it served.',
    defaultWords: 'not known',
  }),
  sources: sourcesField,
  accounts: optional(list(account, 'a list of other accounts'), {
    about: 'What other sources say of the same event. They are shown beside it; levels rest on the event itself.',
  }),
})

const cause = section({
  kind: required(oneOf(...causeKinds), { about: 'What kind of cause.' }),
  text: required(sentence, { about: 'The cause, as far as it is known.' }),
  status: required(oneOf('confirmed', 'reported', 'suspected'), {
    about: 'confirmed: by the operator itself; reported: by others; suspected: by either.',
  }),
  sources: sourcesField,
})

const incident = section({
  id: idField,
  title: required(sentence, { about: 'What it was, in a few words.' }),
  class: required(word, { about: 'The kind of failure, in your own words. Incidents that share it are a recurrence.' }),
  platforms: optional(
    list(
      section({
        name: required(id, { about: 'The platform.' }),
        share: optional(share, { about: 'How much of its traffic was affected at worst.' }),
      }),
      'a list of platforms',
    ),
    { about: 'Where it was felt.' },
  ),
  models: optional(list(word, 'a list of model names'), { about: 'Which models were affected.' }),
  cause: optional(cause, { about: 'Why, where it is known.' }),
  events: required(list(event, 'a list of events').min(1, { error: 'at least one event' }), {
    about: 'What happened, in any order.',
  }),
  sources: sourcesField,
})

const remediation = section({
  id: idField,
  text: required(sentence, { about: 'What was promised.' }),
  incidents: required(ids, { about: 'The incidents it follows from.' }),
  promised: optional(moment, { about: 'When it was promised.' }),
  owner: optional(word, { about: 'Who answers for it.' }),
  due: optional(moment, { about: 'By when.' }),
  state: required(oneOf('open', 'partial', 'closed', 'unknown'), { about: 'How far it is.' }),
  closed: optional(moment, { about: 'When it was closed.' }),
  sources: sourcesField,
})

const demand = section({
  id: idField,
  text: required(sentence, { about: 'What is known of it.' }),
  since: required(moment, { about: 'From when on the growth could be seen.' }),
  growthPercent: required(
    z.number({ error: 'a number of percent' }).min(-100, { error: 'at least -100' }).max(1_000_000, {
      error: 'at most 1000000',
    }),
    { about: 'By how much it has grown since.', unit: 'percent', range: '-100 to 1000000' },
  ),
  sources: sourcesField,
})

const limitChange = section({
  id: idField,
  at: required(moment, { about: 'When it took effect.' }),
  text: required(sentence, { about: 'What changed for callers.' }),
  announced: required(oneOf('before', 'with', 'after', 'never'), { about: 'When callers were told.' }),
  sources: sourcesField,
})

const cost = section({
  id: idField,
  text: required(sentence, { about: 'What it was for.' }),
  amount: required(
    z.number({ error: 'an amount' }).min(0, { error: 'at least 0' }).max(1e15, { error: 'at most 1e15' }),
    { about: 'How much, as declared by somebody who must know. Nothing is ever estimated.' },
  ),
  currency: required(id, { about: 'In which currency.' }),
  incident: optional(id, { about: 'The incident it belongs to.' }),
  sources: sourcesField,
})

const observation = section({
  id: idField,
  text: required(sentence, { about: 'What is known.' }),
  at: optional(moment, { about: 'When.' }),
  sources: sourcesField,
  accounts: optional(list(section({ text: sentence, sources: sourcesField }), 'a list of other accounts'), {
    about: 'What other sources say.',
  }),
})

const claim = section({
  id: idField,
  class: required(oneOf('Fact', 'Correlation', 'Inference', 'Opinion'), { about: 'What kind of claim it is.' }),
  text: required(sentence, { about: 'The claim.' }),
  sources: optional(ids, { about: 'Who says so.', defaultWords: 'the sources of what it stands on' }),
  basedOn: optional(ids, { about: 'The facts or claims it stands on or relates, by id.' }),
  reasoning: optional(sentence, { about: 'Of an inference: the steps.' }),
  mechanism: optional(sentence, { about: 'Of a correlation: how it may come about, as a hypothesis.' }),
  alternatives: optional(list(sentence, 'a list of texts'), { about: 'Other explanations, or other views.' }),
  assessedBy: optional(word, { about: 'Of an opinion: whose assessment it is.' }),
  reported: optional(flag, { about: 'Of a fact: it is known from somebody else than the operator.' }),
})

const root = section({
  subject: required(subject, { about: 'Whose operation is diagnosed.' }),
  asOf: required(moment, { about: 'The day up to which this history goes. Nothing is compared with the clock.' }),
  period: optional(period, {
    about: 'How much there was to know of: totals, whether described here or not.',
    defaultWords: 'not known, and no share can be proven',
  }),
  sources: required(list(source, 'a list of sources').min(1, { error: 'at least one source' }), {
    about: 'Where all of it is known from.',
  }),
  incidents: required(list(incident, 'a list of incidents'), { about: 'What went wrong.' }),
  practices: optional(list(practiceSchema, 'a list of practices'), {
    about: 'What is in place: standards, gates, evaluations, monitoring, capacity planning, notices.',
  }),
  remediations: optional(list(remediation, 'a list of remediations'), { about: 'What was promised after incidents.' }),
  demand: optional(list(demand, 'a list of growth figures'), { about: 'What was known of demand.' }),
  limitChanges: optional(list(limitChange, 'a list of changes'), { about: 'Changes of limits or policy.' }),
  costs: optional(list(cost, 'a list of costs'), { about: 'Declared costs. Nothing is ever estimated.' }),
  observations: optional(list(observation, 'a list of observations'), {
    about: 'What is known and fits nowhere else.',
  }),
  claims: optional(list(claim, 'a list of claims'), {
    about: 'What you conclude yourselves; each passes the rules for its class or is refused by name.',
  }),
})

/** The one declaration of an incident history. What it says about itself is checked apart (`contradictions.ts`). */
export const historySchema: z.ZodType<History> = root

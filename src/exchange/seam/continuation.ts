import type { SeamKind, StopKind, UnfinishedVerdict, Usage } from '../../evidence/index.ts'
import { addUsage, mergeUsage, type StreamEvent } from '../../protocols/core/index.ts'
import type { DeliveredText } from './delivered.ts'
import { AnewJoint, type Joint, RestJoint } from './joint.ts'

export interface ContinuationOptions {
  readonly kind: SeamKind
  /** `undefined`: nothing of it. */
  readonly delivered: DeliveredText | undefined
  /** What of the text comes behind that and is not delivered yet: of an answer that a limit stopped. */
  readonly held?: string
  /** A word stood behind that, which is to be written again. */
  readonly lacksWord?: boolean
  /** What those attempts were billed that have a part in what was delivered. */
  readonly billed: Usage
}

/** In the midst of a sentence. */
const BREAKS_OFF = /[\p{L}\p{N},;–—-]\s*$/u

const DIVERGED: UnfinishedVerdict = { name: 'failed', reason: 'diverged' }

/**
 * Another attempt's answer as the rest of one that is there, event by event: its text joined to what is there, as part
 * 0; other parts behind it as they come. What it thinks is left out, since the client's answer has no place for it any more.
 */
export class Continuation {
  readonly kind: SeamKind
  readonly delivered: DeliveredText | undefined
  /** All of the text that it goes on with. */
  readonly text: string
  #held: string
  readonly #lacksWord: boolean
  readonly #billed: Usage
  readonly #joint: Joint
  #usage: Usage = {}
  /** The attempt's own number of the part that goes on in the delivered one. */
  #part: number | undefined
  #failure: UnfinishedVerdict | undefined
  #added = 0
  /** More than white space. */
  #hasSaid = false
  #hasGivenHeld = false

  constructor({ kind, delivered, held = '', lacksWord = false, billed }: ContinuationOptions) {
    this.delivered = delivered
    this.#held = held
    this.text = (delivered?.text ?? '') + held
    this.kind = kind
    this.#lacksWord = lacksWord
    this.#billed = billed
    this.#joint =
      kind === 'regenerate' ? new AnewJoint(this.text) : new RestJoint(this.text, { isInstructed: kind === 'instruct' })
  }

  /** Why it is no rest of what was delivered. */
  get failure(): UnfinishedVerdict | undefined {
    return this.#failure
  }

  /** What it gives of the text before its own. */
  get held(): string {
    return this.#held
  }

  /** Characters of text that it has given so far. */
  get added(): number {
    return this.#added
  }

  next(events: readonly StreamEvent[]): readonly StreamEvent[] {
    const rest: StreamEvent[] = []
    for (const event of events) if (this.#failure === undefined) this.#take(event, rest)
    return rest
  }

  /** Nothing follows any more. */
  finish(): readonly StreamEvent[] {
    const rest: StreamEvent[] = []
    if (this.#failure === undefined) this.#settle(rest)
    return rest
  }

  #take(event: StreamEvent, rest: StreamEvent[]): void {
    switch (event.type) {
      case 'start':
      case 'usage': {
        this.#usage = mergeUsage(this.#usage, event.usage)
        const usage = addUsage(this.#billed, this.#usage)
        // Where the client has the answer's head, it is the first attempt's.
        rest.push(this.delivered === undefined ? { ...event, usage } : { type: 'usage', usage })
        return
      }
      case 'thinking':
      case 'thinking-signature':
        return
      case 'text':
        if (event.choice === 0) this.#onText(event.part, event.text, rest)
        return
      case 'citation':
        // Where it stands is counted in this attempt's own text, of which the client may have only the rest.
        if (this.#joint.isJoined && event.part !== this.#part) rest.push({ ...event, part: this.#partOf(event.part) })
        return
      case 'refusal':
        if (!this.#joint.isJoined) this.#failure = DIVERGED
        else rest.push({ ...event, part: this.#partOf(event.part) })
        return
      case 'whole':
        if (event.content.type === 'redacted-thinking') return
        // Told to go on with a text, a model that does anything else has not.
        if (this.kind === 'instruct') this.#failure = DIVERGED
        else if (this.#settle(rest)) {
          this.#hasSaid = true
          rest.push({ ...event, part: this.#partOf(event.part) })
        }
        return
      case 'stop':
        if (!this.#settle(rest)) return
        if (!this.#hasSaid && !this.#isWholeAt(event.stop.kind)) this.#failure = DIVERGED
        else rest.push(event)
    }
  }

  /** Whether there was nothing to add: a model that is handed half a sentence and stops at once has not finished it. */
  #isWholeAt(stop: StopKind): boolean {
    if (this.kind === 'regenerate') return true
    const endsByItself = stop === 'end' || stop === 'stop-sequence'
    return endsByItself && !this.#lacksWord && !BREAKS_OFF.test(this.text)
  }

  #onText(part: number, text: string, rest: StreamEvent[]): void {
    if (this.#joint.isJoined && this.#part !== undefined && part !== this.#part) {
      this.#add(this.#partOf(part), text, rest)
      return
    }
    this.#part = part
    this.#join(this.#joint.push(text), rest)
  }

  #partOf(part: number): number {
    return part === this.#part ? 0 : part + 1
  }

  #settle(rest: StreamEvent[]): boolean {
    if (!this.#joint.isJoined) this.#join(this.#joint.end(), rest)
    return this.#failure === undefined
  }

  #join(text: string | undefined, rest: StreamEvent[]): void {
    if (text === undefined) {
      this.#failure = DIVERGED
      return
    }
    if (this.#joint.isJoined) this.#giveHeld(rest)
    this.#add(0, text, rest)
  }

  #giveHeld(rest: StreamEvent[]): void {
    if (this.#hasGivenHeld) return
    this.#hasGivenHeld = true
    if (this.#joint.closesWord) this.#held = this.#held.replace(/[ \t]+$/, '')
    if (this.#held !== '') rest.push({ type: 'text', choice: 0, part: 0, text: this.#held })
  }

  #add(part: number, text: string, rest: StreamEvent[]): void {
    if (text === '') return
    this.#added += text.length
    this.#hasSaid ||= text.trim() !== ''
    rest.push({ type: 'text', choice: 0, part, text })
  }
}

import type { FinishedVerdict, Reason } from '../evidence/index.ts'
import type { CoreResponse, JsonObject } from '../protocols/core/index.ts'
import { type AnswerShape, findJsonObject, textOf } from '../schema/index.ts'

/** Takes every answer, and keeps its text. */
export class TextJudge {
  /** `undefined` where the model refused: what it says then is not what it was asked for. */
  text: string | undefined

  readonly accept = (answer: CoreResponse, { name }: FinishedVerdict): undefined => {
    this.text = name === 'refused' ? undefined : textOf(answer)
  }
}

/** Takes an answer that meets a shape, and keeps its object. */
export class ObjectJudge {
  readonly #shape: AnswerShape
  #violations: string[] = []
  #accepted: JsonObject | undefined

  constructor(shape: AnswerShape) {
    this.#shape = shape
  }

  /** Of the answers that would not do since the last call, in the order of their attempts. */
  takeViolations(): readonly string[] {
    const taken = this.#violations
    this.#violations = []
    return taken
  }

  /** What was accepted; only after something was. */
  object(): JsonObject {
    if (this.#accepted === undefined) throw new Error('no answer was accepted')
    return this.#accepted
  }

  readonly accept = (answer: CoreResponse, verdict: FinishedVerdict): Reason | undefined => {
    const violation = this.#violationOf(answer, verdict)
    if (violation === undefined) return undefined
    this.#violations.push(violation)
    return 'schema-violation'
  }

  #violationOf(answer: CoreResponse, { name }: FinishedVerdict): string | undefined {
    // Even one that looks whole: an answer that was stopped may lack what would have come.
    if (name === 'limited') return 'the answer was stopped by a limit'
    if (name === 'refused') return 'the model refused'
    const object = findJsonObject(textOf(answer))
    if (object === undefined) return 'the answer is not one JSON object'
    const problem = this.#shape.problemOf(object)
    if (problem === undefined) this.#accepted = object
    return problem
  }
}

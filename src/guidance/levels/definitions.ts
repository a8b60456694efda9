import type { Level, Loop } from './requirement.ts'

/** What a loop is, in a sentence, and its levels in words. The requirements say the same as checks. */
export interface LoopDefinition {
  readonly name: string
  readonly question: string
  readonly levels: Readonly<Record<Level, string>>
}

export const levelNames: Readonly<Record<Level, string>> = {
  1: 'Open',
  2: 'Reactive',
  3: 'Defined',
  4: 'Governed',
  5: 'Adaptive',
}

export const loopDefinitions: Readonly<Record<Loop, LoopDefinition>> = {
  signal: {
    name: 'Signal',
    question: 'Is there proof of what was served?',
    levels: {
      1: 'Nothing watches what is served. Trouble is learned from those it hurts.',
      2: 'Machines watch how requests end. Whether the answers are good is not evaluated all the time, or nothing was ever noticed before users.',
      3: 'Quality is evaluated continuously, at least by benchmarks beside production, and has been seen to notice first.',
      4: 'Real traffic is evaluated on every platform without reading it, and nine of ten faults are known within the hour, before users.',
      5: 'Every fault is known before users, and every miss makes the detectors sharper by itself.',
    },
  },
  cadence: {
    name: 'Cadence',
    question: 'What may change when, and who finishes what was promised?',
    levels: {
      1: 'Changes and repairs happen when somebody thinks of them.',
      2: 'There are checks and promises, but people must push them; what is skipped is not seen.',
      3: 'Every promised repair is done or has an owner and a date, and most are done.',
      4: 'Nothing changes without proof on all platforms, repairs are done in time, fixes are seen to hold, capacity is ahead of demand, callers are told.',
      5: 'Open signals and overdue repairs stop changes by themselves.',
    },
  },
  guidance: {
    name: 'Guidance',
    question: 'What is good, exactly?',
    levels: {
      1: 'What good is, is not said.',
      2: 'It is said, but not for the quality of the output, or nowhere measured.',
      3: 'A standard for output quality is written down and evaluations exist; it is static, and a principle rather than a gate.',
      4: 'The standard has tolerances that machines check, versions with reasons, and is enforced at the moment of change.',
      5: 'Evidence from production refines the standard, and no user finds what it should have.',
    },
  },
}

import type { Problem } from '../yaml/index.ts'

/** Something wrong in a configuration. Never holds a secret's value. */
export type ConfigProblem = Problem

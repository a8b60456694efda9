import { env } from 'node:process'

/** The process's environment variables; Node, Bun and Deno all have them here. */
export const environment: Readonly<Record<string, string | undefined>> = env

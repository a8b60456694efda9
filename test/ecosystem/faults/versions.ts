import { readFileSync } from 'node:fs'
import { isJsonObject, parseJson } from '../../../src/protocols/core/index.ts'

/** The clients of the table by the names of their packages; the first two are the product's own, which its tests use too. */
const OF_THE_PRODUCT = ['openai', '@anthropic-ai/sdk']
const OF_THIS_PACKAGE = [
  '@google/genai',
  'ai',
  '@ai-sdk/openai-compatible',
  '@ai-sdk/openai',
  '@ai-sdk/anthropic',
  '@ai-sdk/google',
  '@langchain/openai',
  '@langchain/anthropic',
  '@langchain/google-genai',
]

/** What the other suites use besides. */
const OF_OTHER_SUITES = ['@langchain/langgraph', '@anthropic-ai/claude-code', '@openai/codex']

export function measuredVersions(): readonly string[] {
  return [
    ...OF_THE_PRODUCT.map((name) => named(name, '../../../node_modules')),
    ...OF_THIS_PACKAGE.map((name) => named(name, '../node_modules')),
  ]
}

export function otherVersions(): readonly string[] {
  return OF_OTHER_SUITES.map((name) => named(name, '../node_modules'))
}

function named(name: string, modules: string): string {
  const manifest = parseJson(readFileSync(new URL(`${modules}/${name}/package.json`, import.meta.url), 'utf8'))
  if (!isJsonObject(manifest) || typeof manifest.version !== 'string') throw new Error(`${name} has no version`)
  return `\`${name}\` ${manifest.version}`
}

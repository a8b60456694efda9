import { embeddingModels } from './embedding-models.ts'
import { faults } from './faults.ts'
import { promptHooks } from './model/prompt-hooks.ts'
import { simulatedModels } from './simulated-models.ts'

/** What `GET /` says: where everything is, and which models and faults there are. */
export function describeSite(platforms: readonly string[]): unknown {
  return {
    simulated: true,
    platforms: platforms.map((name) => ({
      name,
      anthropic: `/${name}`,
      openai: `/${name}/v1`,
      gemini: `/${name}`,
    })),
    models: simulatedModels.map(({ id, contextWindowTokens }) => ({ id, contextWindowTokens })),
    embeddingModels: embeddingModels.map(({ id, dimensions }) => ({ id, dimensions })),
    promptHooks,
    faults: Object.fromEntries(Object.entries(faults).map(([name, { description }]) => [name, description])),
  }
}

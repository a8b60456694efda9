// What OpenAI's two protocols have in common: errors, headers, media, and words for options.
export { readError } from './error-in.ts'
export { type ErrorObject, renderError, toErrorObject } from './errors.ts'
export { KEEP_ALIVE, requestHeaders } from './headers.ts'
export { inBandErrorOf } from './in-band-error.ts'
export { readFileData, readMediaUrl, toFileName, toMediaUrl } from './media.ts'
export { isOpenAiModel } from './openai-model.ts'
export { renderReasoningEffort } from './reasoning-effort.ts'
export { DEFAULT_SCHEMA_NAME, isThinkingEffort, renderUserId } from './request-fields.ts'

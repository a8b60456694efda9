import { list, mapOf, message, messages, scalars, struct } from './proto-json.ts'
import type { ProtoMessage } from './proto-json.ts'

// The messages of `v1beta` as the official SDK's types have them. What the lab does not look into is `any`.

const functionCall: ProtoMessage = {
  ...scalars('string', 'id name'),
  ...scalars('boolean', 'willContinue'),
  ...scalars('any', 'partialArgs'),
  args: struct,
}

const functionResponse: ProtoMessage = {
  ...scalars('string', 'id name scheduling'),
  ...scalars('boolean', 'willContinue'),
  response: struct,
  parts: list('any'),
}

const blob = scalars('string', 'data mimeType displayName')
const fileData = scalars('string', 'fileUri mimeType displayName')

const part: ProtoMessage = {
  ...scalars('string', 'text thoughtSignature'),
  ...scalars('boolean', 'thought'),
  ...scalars(
    'any',
    'mediaResolution toolCall toolResponse audioTranscription codeExecutionResult executableCode videoMetadata partMetadata mediaProcessing speechMetadata',
  ),
  functionCall: message(() => functionCall),
  functionResponse: message(() => functionResponse),
  inlineData: message(() => blob),
  fileData: message(() => fileData),
}

const content: ProtoMessage = { ...scalars('string', 'role'), parts: messages(() => part) }

const schema: ProtoMessage = {
  ...scalars('string', 'description format pattern title type'),
  ...scalars('number', 'maxItems maxLength maxProperties maximum minItems minLength minProperties minimum'),
  ...scalars('boolean', 'nullable'),
  ...scalars('any', 'default example'),
  anyOf: messages(() => schema),
  enum: list('string'),
  items: message(() => schema),
  properties: mapOf(() => schema),
  propertyOrdering: list('string'),
  required: list('string'),
}

const functionDeclaration: ProtoMessage = {
  ...scalars('string', 'behavior description name'),
  ...scalars('any', 'parametersJsonSchema responseJsonSchema'),
  parameters: message(() => schema),
  response: message(() => schema),
}

const tool: ProtoMessage = {
  ...scalars(
    'any',
    'retrieval googleMaps mcpServers codeExecution computerUse enterpriseWebSearch exaAiSearch googleSearch googleSearchRetrieval parallelAiSearch urlContext fileSearch',
  ),
  functionDeclarations: messages(() => functionDeclaration),
}

const toolConfig: ProtoMessage = {
  ...scalars('any', 'retrievalConfig'),
  ...scalars('boolean', 'includeServerSideToolInvocations'),
  functionCallingConfig: message(() => functionCallingConfig),
}

const functionCallingConfig: ProtoMessage = {
  ...scalars('string', 'mode'),
  ...scalars('boolean', 'streamFunctionCallArguments'),
  allowedFunctionNames: list('string'),
}

const thinkingConfig: ProtoMessage = {
  ...scalars('boolean', 'includeThoughts'),
  ...scalars('number', 'thinkingBudget'),
  ...scalars('string', 'thinkingLevel'),
}

const generationConfig: ProtoMessage = {
  ...scalars(
    'number',
    'candidateCount frequencyPenalty logprobs maxOutputTokens presencePenalty seed temperature topK topP',
  ),
  ...scalars('boolean', 'audioTimestamp enableAffectiveDialog enableEnhancedCivicAnswers responseLogprobs'),
  ...scalars('string', 'mediaResolution responseMimeType'),
  ...scalars(
    'any',
    'modelSelectionConfig responseJsonSchema audioTranscriptionConfig imageConfig responseFormat routingConfig speechConfig translationConfig',
  ),
  responseModalities: list('string'),
  responseSchema: message(() => schema),
  stopSequences: list('string'),
  thinkingConfig: message(() => thinkingConfig),
}

const safetySetting = scalars('string', 'category method threshold')

/** `GenerateContentRequest`. */
export const generateContentRequest: ProtoMessage = {
  ...scalars('string', 'model cachedContent serviceTier'),
  ...scalars('any', 'labels store'),
  contents: messages(() => content),
  systemInstruction: message(() => content),
  generationConfig: message(() => generationConfig),
  safetySettings: messages(() => safetySetting),
  tools: messages(() => tool),
  toolConfig: message(() => toolConfig),
}

/** `CountTokensRequest`: contents alone, or a whole request. */
export const countTokensRequest: ProtoMessage = {
  ...scalars('string', 'model'),
  contents: messages(() => content),
  generateContentRequest: message(() => generateContentRequest),
}

export { type AnswerShape } from './answer-shape.ts'
export { expectedFields } from './expected-fields.ts'
export { findJsonObject, textOf } from './json-answer.ts'
export { SchemaShapes } from './schema-shapes.ts'

/** The text that the lab's language model is trained on, by topic. Written for this repository. */
export { codeText } from './code.ts'
export { reviewText } from './reviews.ts'
export { shippingText } from './shipping.ts'
export { supportText } from './support.ts'
export { weatherText } from './weather.ts'

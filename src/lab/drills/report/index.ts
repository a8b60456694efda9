export { comparisonToHtml } from './comparison-page.ts'
export { drillToHtml } from './drill-page.ts'

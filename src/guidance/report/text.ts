import type { Diagnosis } from '../diagnosis.ts'
import { levelNames, loopDefinitions, loops } from '../levels/index.ts'

/** The diagnosis in a terminal: the results alone, without their evidence. */
export function toText(diagnosis: Diagnosis): string {
  const { assessments, systemState, order, debt, steps, refused, gaps, subject } = diagnosis
  return [
    `${subject.name}${subject.product === undefined ? '' : `, ${subject.product}`}: ${systemState.name}`,
    `  ${systemState.reason}`,
    '',
    ...loops.map((loop) => {
      const { level } = assessments[loop]
      const { name, levels } = loopDefinitions[loop]
      return `  ${name.padEnd(9)} ${'■'.repeat(level)}${'□'.repeat(5 - level)} ${level} ${levelNames[level].padEnd(9)} ${levels[level]}`
    }),
    '',
    `  binding constraint  ${loopDefinitions[diagnosis.bindingConstraint].name}`,
    `  closing order       ${order.map((loop) => loopDefinitions[loop].name).join(' → ')}`,
    '',
    'Guidance debt',
    ...debt.map(
      (row) => `  ${row.category.padEnd(24)} ${row.shown}${row.facts.length === 0 ? '' : `  (${row.class})`}`,
    ),
    '',
    'Steps',
    ...steps.flatMap(({ loop, from, to, goNoGo }, index) => [
      `  ${index + 1}. ${loopDefinitions[loop].name}, level ${from} → ${to}`,
      ...goNoGo.map(
        ({ metric, target, current, met }) =>
          `     ${met === true ? 'go   ' : met === false ? 'no go' : 'open '} ${metric}: ${target} (now: ${current})`,
      ),
    ]),
    '',
    `${refused.length} claims refused, ${gaps.length} gaps. --report F.html has the evidence for every line.`,
  ].join('\n')
}

import type { Claim } from '../claims/index.ts'
import type { Diagnosis } from '../diagnosis.ts'
import { showMoment } from '../facts/index.ts'
import { levelNames, loopDefinitions, loops } from '../levels/index.ts'

/** The report in Markdown: the same content as the page, without its plots. */
export function toMarkdown(diagnosis: Diagnosis): string {
  return [...head(diagnosis), ...findings(diagnosis), ...evidence(diagnosis)].join('\n')
}

function head({ subject, asOf, systemState, assessments, claims, signature }: Diagnosis): readonly string[] {
  return [
    `# Diagnosis: ${plain(subject.name)}${subject.product === undefined ? '' : `, ${plain(subject.product)}`}`,
    '',
    `Facts up to ${showMoment(asOf)}.`,
    '',
    `**${systemState.name}.** ${systemState.reason} ${tag('Inference', claims.find(({ id }) => id === 'state')?.sources ?? [])}`,
    '',
    '| Loop | Level | |',
    '|---|---|---|',
    ...loops.map((loop) =>
      row([
        loopDefinitions[loop].name,
        `${assessments[loop].level} ${levelNames[assessments[loop].level]}`,
        loopDefinitions[loop].levels[assessments[loop].level],
      ]),
    ),
    '',
    ...['binding', 'level.signal', 'level.cadence', 'level.guidance', 'signature'].flatMap((id) => {
      const claim = claims.find((candidate) => candidate.id === id)
      return claim === undefined ? [] : [`- ${claimText(claim)}`]
    }),
    ...(signature.isRecurring ? [] : [`- ${plain(signature.text)}`]),
    '',
  ]
}

function findings({ cascade, debt, costs, steps, known, assessments }: Diagnosis): readonly string[] {
  const sourcesOf = (facts: readonly string[]): readonly string[] => known.catalogue.sourcesOf(facts)
  return [
    '## Cascade',
    '',
    ...cascade.map(
      ({ from, to, name, mechanism, facts }) =>
        `- **${loopDefinitions[from].name} → ${loopDefinitions[to].name}: ${name}.** ${plain(mechanism)} ${tag('Inference', sourcesOf(facts))}`,
    ),
    '',
    '## Guidance debt',
    '',
    '| Category | Value | Evidence | Class | Trend |',
    '|---|---|---|---|---|',
    ...debt.map((item) =>
      row([
        item.category,
        item.shown,
        item.evidence,
        item.facts.length === 0 ? '–' : `${item.class} ${sourcesOf(item.facts).join(' ')}`,
        item.trend.text,
      ]),
    ),
    '',
    ...(costs.length === 0
      ? ['No cost has been declared. None is estimated.']
      : costs.map(
          ({ text, amount, currency, sources }) => `- ${currency} ${amount}: ${plain(text)} ${tag('Fact', sources)}`,
        )),
    '',
    '## Steps',
    '',
    ...steps.flatMap(({ loop, from, to, actions, goNoGo }, index) => [
      `### ${index + 1}. ${loopDefinitions[loop].name}: level ${from} → ${to}`,
      '',
      ...actions.map(({ text }) => `- ${text}`),
      '',
      '| Go/no-go metric | Target | Now | Met |',
      '|---|---|---|---|',
      ...goNoGo.map(({ metric, target, current, met, facts }) =>
        row([
          metric,
          target,
          `${current} ${sourcesOf(facts).join(' ')}`,
          met === null ? 'not known' : met ? 'met' : 'not met',
        ]),
      ),
      '',
    ]),
    '## Levels and checks',
    '',
    '| Loop | Level | Requires | Finding | |',
    '|---|---|---|---|---|',
    ...loops.flatMap((loop) =>
      assessments[loop].checks.map(({ requirement, finding }) =>
        row([
          loopDefinitions[loop].name,
          String(requirement.level),
          requirement.text,
          `${finding.text} ${sourcesOf(finding.facts).join(' ')}`,
          finding.status,
        ]),
      ),
    ),
    '',
  ]
}

function evidence({ timeline, disputes, claims, refused, gaps, sources, known }: Diagnosis): readonly string[] {
  const offered = new Set(known.facts.claims.map(({ id }) => id))
  return [
    '## Timeline',
    '',
    ...timeline.map(
      ({ at, kind, text, sources: said, isReported }) =>
        `- ${showMoment(at)} *${kind}* ${plain(text)} ${tag(isReported ? 'Fact, reported' : 'Fact', said)}`,
    ),
    '',
    ...(disputes.length === 0
      ? []
      : [
          '## Where sources differ',
          '',
          ...disputes.flatMap(({ about, stands, others }) => [
            `- **${plain(about)}.** ${plain(stands.text)} (${stands.sources.join(' ')})`,
            ...others.map(({ text, sources: said }) => `  - ${plain(text)} (${said.join(' ')})`),
          ]),
          '',
        ]),
    '## Claims',
    '',
    ...claims.filter(({ id }) => offered.has(id)).map((claim) => `- ${claimText(claim)}`),
    ...refused.map(({ text, rule, why }) => `- ~~${plain(text)}~~ refused: \`${rule}\`, ${plain(why)}`),
    '',
    '## Gaps',
    '',
    ...gaps.map(({ about, text }) => `- **${plain(about)}.** ${plain(text)}`),
    '',
    '## Sources',
    '',
    '| Id | Type | Source | Used for |',
    '|---|---|---|---|',
    ...sources.map(({ id, type, title, url, usedFor }) =>
      row([id, type, url === undefined ? title : `${title} <${url}>`, usedFor]),
    ),
    '',
  ]
}

function claimText(claim: Claim): string {
  const shown = `${plain(claim.text)} ${tag(claim.class, claim.sources)}`
  switch (claim.class) {
    case 'Fact':
      return shown
    case 'Correlation':
      return `${shown} Hypothesis: ${plain(claim.mechanism)} Other explanations: ${plain(claim.alternatives.join(' '))}`
    case 'Inference':
      return `${shown} Because: ${plain(claim.reasoning)}`
    case 'Opinion':
      return `${shown} Assessment of ${plain(claim.assessedBy)}.`
  }
}

function tag(name: string, sources: readonly string[]): string {
  return `\\[${name}: ${sources.join(' ')}\\]`
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => plain(cell).replaceAll('|', '\\|')).join(' | ')} |`
}

// What comes from a file is text, not markup.
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]#]/g, '\\$&')
    .replaceAll(/<(?!https?:)/g, '&lt;')
}

import type { Diagnosis } from '../../diagnosis.ts'
import { type CheckedRequirement, levelNames, loopDefinitions, loops } from '../../levels/index.ts'
import { claimLine, factBadge } from './claim.ts'
import { html, type Markup } from '../../../page/index.ts'

const marks = { met: '✓ met', contradicted: '✗ not so', missing: '? not known' } as const

/** Every requirement with what the facts say on it; those of the next level are what caps this one. */
export function levelSections(diagnosis: Diagnosis): Markup {
  return html`<section id="levels">
    <h2>Levels</h2>
    <p>
      A level is reached when everything it requires, and everything below it, is met. What is not known caps as what is
      not so does, and never lifts.
    </p>
    ${loops.map((loop) => loopSection(diagnosis, loop))}
  </section>`
}

function loopSection(diagnosis: Diagnosis, loop: (typeof loops)[number]): Markup {
  const { level, checks, caps } = diagnosis.assessments[loop]
  const { name } = loopDefinitions[loop]
  return html`<h3>${name}: level ${level}, ${levelNames[level].toLowerCase()}</h3>
    <p>${claimLine(diagnosis, `level.${loop}`)}</p>
    ${
      caps.length === 0
        ? ''
        : html`<div class="lift">
            <b>What lifts ${name} to level ${level + 1}:</b>
            <ul>
              ${caps.map(({ requirement }) => html`<li>${requirement.action}</li>`)}
            </ul>
          </div>`
    }
    <table class="checks">
      <thead>
        <tr>
          <th>Level</th>
          <th>Requires</th>
          <th>Finding</th>
        </tr>
      </thead>
      <tbody>
        ${checks.map((check) => checkRow(diagnosis, check))}
      </tbody>
    </table>`
}

function checkRow(diagnosis: Diagnosis, { requirement, finding }: CheckedRequirement): Markup {
  return html`<tr>
    <td data-label="Level">${requirement.level}</td>
    <td data-label="Requires">${requirement.text}</td>
    <td data-label="Finding">
      <span class="status ${finding.status}">${marks[finding.status]}</span> ${finding.text}
      ${factBadge(diagnosis, finding.facts)}
    </td>
  </tr>`
}

import type { Diagnosis } from '../../diagnosis.ts'
import { loopDefinitions, loops } from '../../levels/index.ts'
import { badge } from './claim.ts'
import { html, type Markup } from '../../../page/index.ts'

const BOX = { x: 20, width: 150, height: 64, gap: 76 }

/** The loops with the arrows that facts show, and beside them the mechanism behind each. */
export function cascadeDrawing(diagnosis: Diagnosis): Markup {
  const { cascade, known, assessments, bindingConstraint } = diagnosis
  if (cascade.length === 0)
    return html`<p>No fact shows that one open loop holds another open, so no arrow is drawn.</p>`
  const top = (loop: (typeof loops)[number]): number => 10 + loops.indexOf(loop) * (BOX.height + BOX.gap)
  const arrows = cascade.map(({ from, to }, index) => {
    const isNeighbour = loops.indexOf(to) - loops.indexOf(from) === 1
    const middle = BOX.x + BOX.width / 2
    const right = BOX.x + BOX.width
    const path = isNeighbour
      ? `M ${middle} ${top(from) + BOX.height} V ${top(to) - 8}`
      : `M ${right} ${top(from) + BOX.height / 2} H ${right + 90} V ${top(to) + BOX.height / 2} H ${right + 8}`
    const label = isNeighbour
      ? { x: middle + 14, y: (top(from) + BOX.height + top(to)) / 2 }
      : { x: right + 90, y: top('cadence') + BOX.height / 2 }
    return html`<path class="arrow" d="${path}" marker-end="url(#head)" /><circle
        class="number"
        cx="${label.x}"
        cy="${label.y}"
        r="13"
      /><text class="digit" x="${label.x}" y="${label.y + 5}" text-anchor="middle">${index + 1}</text>`
  })
  const boxes = loops.map((loop) => {
    const y = top(loop)
    return html`<g
      ><rect
        class="box ${loop === bindingConstraint ? 'bound' : ''}"
        x="${BOX.x}"
        y="${y}"
        width="${BOX.width}"
        height="${BOX.height}"
        rx="8"
      />
      <text class="name" x="${BOX.x + BOX.width / 2}" y="${y + 28}" text-anchor="middle"
        >${loopDefinitions[loop].name}</text
      >
      <text class="sub" x="${BOX.x + BOX.width / 2}" y="${y + 49}" text-anchor="middle"
        >level ${assessments[loop].level}${loop === bindingConstraint ? ', binds' : ''}</text
      ></g
    >`
  })
  const height = top('guidance') + BOX.height + 10
  const names = cascade.map(({ from, to }) => `${loopDefinitions[from].name} to ${loopDefinitions[to].name}`)
  return html`<div class="cascade">
    <svg viewBox="0 0 300 ${height}" role="img" aria-label="Arrows: ${names.join(', ')}">
      <defs>
        <marker id="head" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" markerHeight="8" orient="auto">
          <path class="tip" d="M0 0 L10 5 L0 10 z" />
        </marker>
      </defs>
      ${arrows}${boxes}
    </svg>
    <ol>
      ${cascade.map(({ name, from, to, mechanism, facts }) => html`<li><b>${loopDefinitions[from].name} → ${loopDefinitions[to].name}: ${name}.</b> ${mechanism} ${badge('Inference', known.catalogue.sourcesOf(facts))}</li>`)}
    </ol>
  </div>`
}

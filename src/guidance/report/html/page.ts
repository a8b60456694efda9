import type { Diagnosis } from '../../diagnosis.ts'
import { cascadeDrawing } from './cascade-drawing.ts'
import { levelSections } from './levels.ts'
import { html, toPage } from '../../../page/index.ts'
import {
  claimSections,
  debtSection,
  disputeSection,
  methodSection,
  signatureSection,
  stepSections,
  timelineSection,
} from './sections.ts'
import { style } from './style.ts'
import { summary } from './summary.ts'
import { leadPlot, timelinePlot } from './timeline-plot.ts'

/** The report as one page that needs nothing but itself: no script, no font, no request. */
export function toHtml(diagnosis: Diagnosis): string {
  const content = html`${summary(diagnosis)}
    <nav>
      <a href="#events">Timeline</a><a href="#cascade">Cascade</a><a href="#debt">Guidance debt</a
      ><a href="#steps">Steps</a><a href="#levels">Levels and checks</a><a href="#claims">Claims</a
      ><a href="#methods">Methods, limits, sources</a>
    </nav>
    <section id="events">
      <h2>What happened, and who knew</h2>
      ${timelinePlot(diagnosis)}${leadPlot(diagnosis)}
    </section>
    ${signatureSection(diagnosis)}
    <section id="cascade">
      <h2>How one open loop holds another open</h2>
      ${cascadeDrawing(diagnosis)}
    </section>
    ${debtSection(diagnosis)} ${stepSections(diagnosis)} ${levelSections(diagnosis)}
    <section id="facts">
      <h2>The facts</h2>
      ${timelineSection(diagnosis)}
    </section>
    ${disputeSection(diagnosis)} ${claimSections(diagnosis)} ${methodSection(diagnosis)}
    <footer>
      Each mark says what kind of claim a sentence is, and links to its sources. Made by fullstop diagnose.
    </footer>`
  return toPage({ title: `Diagnosis: ${diagnosis.subject.name}`, content, style })
}

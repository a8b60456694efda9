import { html, Markup, percent } from '../../../page/index.ts'
import type { Part } from '../../../page/index.ts'

/**
 * Plots whose shapes stretch and whose words do not: an SVG for the shapes, text of the page for the axes, so that both can
 * be read on a telephone. Times in seconds; the top of a plot is a round number.
 */
export interface ChartOptions {
  readonly heading: string
  /** What the picture shows, for those who do not see it. */
  readonly alternative: string
  readonly top: number
  readonly unit?: string
  readonly ticks: readonly Tick[]
  readonly isLow?: boolean
}

export interface Tick {
  /** From 0 to 1. */
  readonly at: number
  readonly label: string
}

/** One layer or line: a value for each step, and its class in the style. */
export interface Layer {
  readonly kind: string
  readonly values: readonly number[]
}

const HEIGHT = 100
const WIDTH = 1_000
const GRID_SHARES = [0, 0.5, 1]

export function chart(options: ChartOptions, shapes: readonly Part[]): Markup {
  const { heading, alternative, top, unit = '', ticks, isLow = false } = options
  return html`<div class="chart${isLow ? ' low' : ''}">
    <h3>${heading}</h3>
    <div class="y" aria-hidden="true">
      ${GRID_SHARES.map((share) => html`<span style="bottom:${percent(share)}">${short(share * top)}${share === 1 ? unit : ''}</span>`)}
    </div>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${alternative}">
      ${shapes}
      ${GRID_SHARES.slice(1).map((share) => html`<path class="grid" d="M0 ${round(HEIGHT * (1 - share))}H${WIDTH}" />`)}
    </svg>
    <div class="axis" aria-hidden="true">
      ${ticks.map(({ at, label }) => html`<span style="left:${percent(at)}">${label}</span>`)}
    </div>
  </div>`
}

/** Layers upon each other, the first at the bottom, one column for each step. */
export function stacked(layers: readonly Layer[], top: number): readonly Markup[] {
  const floors: number[] = []
  return layers.map(({ kind, values }) => {
    const columns = values.map((value, step) => {
      const floor = floors[step] ?? 0
      floors[step] = floor + value
      if (value === 0) return ''
      const [left, right] = [stepAt(step, values.length), stepAt(step + 1, values.length)]
      return `M${left} ${heightAt(floor, top)}V${heightAt(floor + value, top)}H${right}V${heightAt(floor, top)}Z`
    })
    return html`<path class="fill ${kind}" shape-rendering="crispEdges" d="${columns.join('')}" />`
  })
}

/** A line with a level for each step. */
export function steps({ kind, values }: Layer, top: number): Markup {
  const path = values.map((value, step) => {
    const [left, right] = [stepAt(step, values.length), stepAt(step + 1, values.length)]
    return `${step === 0 ? 'M' : 'L'}${left} ${heightAt(value, top)}H${right}`
  })
  return html`<path class="line ${kind}" d="${path.join('')}" />`
}

/** A line through points, from 0 to 1 each way. */
export function curve(kind: string, points: readonly (readonly [x: number, y: number])[]): Markup {
  const path = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x * WIDTH)} ${round((1 - y) * HEIGHT)}`)
  return html`<path class="line ${kind}" d="${path.join('')}" />`
}

/** A time that is marked, from 0 to 1: shaded behind what is drawn after it, and with a bar above the plot. */
export function shaded(from: number, until: number): Markup {
  const [x, width] = [round(from * WIDTH), round((until - from) * WIDTH)]
  return html`<rect class="cause" x="${x}" y="0" width="${width}" height="${HEIGHT}" /><rect
      class="cause-bar"
      x="${x}"
      y="-5"
      width="${width}"
      height="3"
    />`
}

/** The next round number from a value on: 1, 2, 2.5 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= value) ?? 10
  return factor * power
}

/** Five marks from the beginning to the end of a time. */
export function timeTicks(totalSeconds: number): readonly Tick[] {
  const isLong = totalSeconds >= 300
  return [0, 0.25, 0.5, 0.75, 1].map((at) => {
    const value = (at * totalSeconds) / (isLong ? 60 : 1)
    return { at, label: `${short(value)}${at === 1 ? (isLong ? ' min' : ' s') : ''}` }
  })
}

function stepAt(step: number, count: number): number {
  return round((step / count) * WIDTH)
}

function heightAt(value: number, top: number): number {
  return round(HEIGHT * (1 - value / top))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100)
}

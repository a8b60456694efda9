export interface LinearFit {
  readonly slope: number
  /** Half the width of the slope's 95 % interval. */
  readonly margin: number
}

/** Student's t for a two-sided 95 % interval with 10 degrees of freedom; with more it is smaller, so this is safe. */
const T_95 = 2.23

/** Ordinary least squares over at least 12 points. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): LinearFit {
  const count = points.length
  if (count < 12) throw new Error(`expected at least 12 points for a fit; ${count} came`)
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count
  const sumXX = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / sumXX
  const residual = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0)
  return { slope, margin: T_95 * Math.sqrt(residual / (count - 2) / sumXX) }
}

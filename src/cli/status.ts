import type { PlatformsReport } from '../server/index.ts'
import { askControlPlane, type ControlPlaneOptions } from './ask-control-plane.ts'
import { renderStatus } from './status-text.ts'

/** `fullstop status`: asks a running instance how its platforms fare. */
export async function status(options: ControlPlaneOptions & { readonly json?: boolean }): Promise<void> {
  const body = await askControlPlane<PlatformsReport>('/api/platforms', 'platforms', options)
  console.log(options.json === true ? JSON.stringify(body) : renderStatus(body, Date.now()))
}

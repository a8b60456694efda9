import type { DocumentPath } from '../../yaml/index.ts'

/** Something that cannot be so, before it is known where in the text it stands. */
export interface Complaint {
  readonly path: DocumentPath
  readonly at: 'key' | 'value'
  readonly message: string
}

import {
  type DocumentPart,
  type ImagePart,
  type JsonObject,
  optional,
  readName,
  readObject,
  readString,
} from '../core/index.ts'
import { readFileData, readMediaUrl } from '../openai/index.ts'

/** An `image_url` part; a bare string in the place of the object is common among clients and accepted. */
export function readImage(part: JsonObject, field: string): ImagePart {
  if (typeof part.image_url === 'string')
    return { type: 'image', source: readMediaUrl(part.image_url, `${field}.image_url`) }
  const image = readObject(part.image_url, `${field}.image_url`)
  const detail = optional(image.detail, `${field}.image_url.detail`, readString)
  const url = readName(image.url, `${field}.image_url.url`)
  return {
    type: 'image',
    source: readMediaUrl(url, `${field}.image_url.url`),
    ...(detail !== undefined && { detail }),
  }
}

/** A `file` part. Text comes out as a text document, since that is what every other protocol can take. */
export function readFile(part: JsonObject, field: string): DocumentPart {
  const file = readObject(part.file, `${field}.file`)
  const filename = optional(file.filename, `${field}.file.filename`, readString)
  return {
    type: 'document',
    source: readFileSource(file, `${field}.file`),
    ...(filename !== undefined && { title: filename }),
  }
}

function readFileSource(file: JsonObject, field: string): DocumentPart['source'] {
  const fileId = optional(file.file_id, `${field}.file_id`, readName)
  if (fileId !== undefined) return { kind: 'file', fileId }
  const data = readName(file.file_data, `${field}.file_data`)
  // OpenRouter takes a URL here.
  return /^https?:/i.test(data) ? { kind: 'url', url: data } : readFileData(data, `${field}.file_data`)
}

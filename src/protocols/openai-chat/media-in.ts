import {
  type AudioPart,
  type DocumentPart,
  type ImagePart,
  type JsonObject,
  type MediaSource,
  optional,
  readName,
  readObject,
  readString,
  reject,
} from '../core/index.ts'

interface DataUrl {
  readonly mediaType: string
  readonly data: string
}

// Cut at the comma, never matched as a whole: the data may be megabytes.
function readDataUrl(url: string, field: string): DataUrl {
  const comma = url.indexOf(',')
  const [mediaType = '', ...parameters] = url.slice('data:'.length, comma).split(';')
  if (comma < 0 || !parameters.includes('base64'))
    return reject(field, 'a data URL in base64 (data:image/png;base64,…)', url, 'another data URL')
  return { mediaType: mediaType || 'application/octet-stream', data: url.slice(comma + 1) }
}

function readSource(url: string, field: string): MediaSource {
  return url.startsWith('data:') ? { kind: 'base64', ...readDataUrl(url, field) } : { kind: 'url', url }
}

/** An `image_url` part; a bare string in the place of the object is common among clients and accepted. */
export function readImage(part: JsonObject, field: string): ImagePart {
  if (typeof part.image_url === 'string')
    return { type: 'image', source: readSource(part.image_url, `${field}.image_url`) }
  const image = readObject(part.image_url, `${field}.image_url`)
  const detail = optional(image.detail, `${field}.image_url.detail`, readString)
  const url = readName(image.url, `${field}.image_url.url`)
  return {
    type: 'image',
    source: readSource(url, `${field}.image_url.url`),
    ...(detail !== undefined && { detail }),
  }
}

export function readAudio(part: JsonObject, field: string): AudioPart {
  const audio = readObject(part.input_audio, `${field}.input_audio`)
  return {
    type: 'audio',
    data: readString(audio.data, `${field}.input_audio.data`),
    format: readName(audio.format, `${field}.input_audio.format`),
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
  if (/^https?:/i.test(data)) return { kind: 'url', url: data }
  // OpenAI documents both: a data URL, and the bare base64 of what is then a PDF.
  if (!data.startsWith('data:')) return { kind: 'base64', mediaType: 'application/pdf', data }
  const { mediaType, data: base64 } = readDataUrl(data, `${field}.file_data`)
  if (!mediaType.startsWith('text/')) return { kind: 'base64', mediaType, data: base64 }
  return { kind: 'text', mediaType, text: decodeText(base64, `${field}.file_data`) }
}

function decodeText(base64: string, field: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Both say only that it is not what it claims to be.
    return reject(field, 'UTF-8 text in base64', base64, 'something else')
  }
}

import {
  type AudioPart,
  type DocumentPart,
  type JsonObject,
  type Losses,
  type MediaSource,
  readName,
  readObject,
  readString,
  reject,
  textInBase64,
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

/** A URL that a provider is to fetch, or bytes in a data URL. */
export function readMediaUrl(url: string, field: string): MediaSource {
  return url.startsWith('data:') ? { kind: 'base64', ...readDataUrl(url, field) } : { kind: 'url', url }
}

/**
 * What `file_data` holds. OpenAI documents both: a data URL, and the bare base64 of what is then a PDF. Text comes out as
 * a text document, since that is what every other protocol can take.
 */
export function readFileData(data: string, field: string): DocumentPart['source'] {
  if (!data.startsWith('data:')) return { kind: 'base64', mediaType: 'application/pdf', data }
  const { mediaType, data: base64 } = readDataUrl(data, field)
  if (!mediaType.startsWith('text/')) return { kind: 'base64', mediaType, data: base64 }
  const text = textInBase64(base64) ?? reject(field, 'UTF-8 text in base64', base64, 'something else')
  return { kind: 'text', mediaType, text }
}

/** An `input_audio` part. */
export function readAudio(part: JsonObject, field: string): AudioPart {
  const audio = readObject(part.input_audio, `${field}.input_audio`)
  return {
    type: 'audio',
    data: readString(audio.data, `${field}.input_audio.data`),
    format: readName(audio.format, `${field}.input_audio.format`),
  }
}

/** The reverse of `readMediaUrl`; a file in another provider's store has no URL. */
export function toMediaUrl(source: MediaSource, field: string, losses: Losses): string {
  switch (source.kind) {
    case 'url':
      return source.url
    case 'base64':
      return `data:${source.mediaType};base64,${source.data}`
    case 'file':
      return losses.refuse('file-references', field)
  }
}

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['application/json', 'json'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'],
])

/** OpenAI reads the kind of a file off its name. */
export function toFileName(mediaType: string): string {
  return `document.${EXTENSIONS.get(mediaType) ?? 'bin'}`
}

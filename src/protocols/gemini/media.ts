import {
  type DocumentPart,
  type JsonObject,
  type Losses,
  type MediaSource,
  optional,
  type Part,
  readName,
  readString,
  textInBase64,
} from '../core/index.ts'
import type { WirePart } from './wire.ts'

type Medium = 'image' | 'audio' | 'video' | 'document'

/** Google's stores: the Files API, and Cloud Storage. Any other address is one that the provider fetches. */
const FILE_URI = /^gs:\/\/|\/v1(?:alpha|beta)?\/files\//i

export function isFileUri(uri: string): boolean {
  return FILE_URI.test(uri)
}

/** https://ai.google.dev/gemini-api/docs/audio names `audio/mp3`; the registered name is `audio/mpeg`. */
const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ['mpeg', 'mp3'],
  ['x-wav', 'wav'],
  ['wave', 'wav'],
])

const TYPES_BY_EXTENSION: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['html', 'text/html'],
  ['mp3', 'audio/mp3'],
  ['wav', 'audio/wav'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/mov'],
  ['webm', 'video/webm'],
])

function mediumOf(mediaType: string): Medium {
  const [type] = mediaType.split('/', 1)
  return type === 'image' || type === 'audio' || type === 'video' ? type : 'document'
}

/** By the ending of the path, where there is one that is known. */
function typeOfUrl(url: string): string | undefined {
  // The one kind of web page that Gemini takes as a video.
  if (/^https:\/\/(?:[\w-]+\.)?(?:youtube\.com|youtu\.be)\//i.test(url)) return 'video/*'
  const extension = /\.(\w{2,5})(?:[?#]|$)/.exec(url)?.[1]
  return extension === undefined ? undefined : TYPES_BY_EXTENSION.get(extension.toLowerCase())
}

// ## In

/** `inlineData`. */
export function readInlineData(blob: JsonObject, field: string): Part {
  const mediaType = readName(blob.mimeType, `${field}.mimeType`)
  const data = readString(blob.data, `${field}.data`)
  const source = { kind: 'base64', mediaType, data } as const
  const medium = mediumOf(mediaType)
  switch (medium) {
    case 'image':
    case 'video':
      return { type: medium, source }
    case 'audio': {
      const format = mediaType.slice('audio/'.length)
      return { type: 'audio', data, format: AUDIO_FORMATS.get(format) ?? format }
    }
    case 'document': {
      const text = mediaType.startsWith('text/') ? textInBase64(data) : undefined
      // As text it is what every other protocol can take; what is none stays as it came.
      return toDocument(text === undefined ? source : { kind: 'text', mediaType, text }, blob, field)
    }
  }
}

/** `fileData`: a file in Google's stores, or an address that the provider fetches. */
export function readFileData(file: JsonObject, field: string): Part {
  const uri = readName(file.fileUri, `${field}.fileUri`)
  const given = optional(file.mimeType, `${field}.mimeType`, readName)
  const source: MediaSource = isFileUri(uri)
    ? { kind: 'file', fileId: uri }
    : { kind: 'url', url: uri, ...(given !== undefined && { mediaType: given }) }
  switch (mediumOf(given ?? typeOfUrl(uri) ?? '')) {
    case 'image':
      return { type: 'image', source }
    // The core has sound inline only. By its address it travels as the other recorded medium that Gemini alone takes.
    case 'audio':
    case 'video':
      return { type: 'video', source }
    case 'document':
      return toDocument(source, file, field)
  }
}

function toDocument(source: DocumentPart['source'], { displayName }: JsonObject, field: string): DocumentPart {
  const title = optional(displayName, `${field}.displayName`, readString)
  return { type: 'document', source, ...(title !== undefined && { title }) }
}

// ## Out

export interface MediaContext {
  readonly losses: Losses
  readonly isOwn: (mark: string) => boolean
}

/** `inlineData` or `fileData`. Throws a `FieldError` for another provider's file store. */
export function renderSource(source: MediaSource, field: string, { losses, isOwn }: MediaContext): WirePart {
  switch (source.kind) {
    case 'base64':
      return { inlineData: { mimeType: source.mediaType, data: source.data } }
    case 'url': {
      const mimeType = source.mediaType ?? typeOfUrl(source.url)
      return {
        fileData: { ...(mimeType !== undefined && mimeType !== 'video/*' && { mimeType }), fileUri: source.url },
      }
    }
    case 'file':
      if (isOwn(source.fileId)) return { fileData: { fileUri: source.fileId } }
      return losses.refuse('file-references', field)
  }
}

export function renderAudio(data: string, format: string): WirePart {
  return { inlineData: { mimeType: `audio/${format}`, data } }
}

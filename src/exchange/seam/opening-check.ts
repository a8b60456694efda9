/** What shows that a text is no continuation of another one. */
export type Symptom = 'repetition' | 'about-itself' | 'other-script' | 'other-language'

/** So many first characters in common are no chance, or all that was delivered where that is less. */
const TELLING_BEGINNING = 12

/** Whether a text that was to go on begins where the answer began; `undefined`: it has too little in it to tell. */
export function isRestart(delivered: string, opening: string): boolean | undefined {
  const begun = delivered.trimStart()
  const said = opening.trimStart()
  let common = 0
  while (common < said.length && said[common] === begun[common]) common += 1
  if (common >= Math.min(TELLING_BEGINNING, begun.length)) return true
  return common < said.length ? false : undefined
}

/** Why the opening of a text that a model wrote by instruction is not the rest of what was delivered, as far as it shows. */
export function whyNotContinued(delivered: string, opening: string): Symptom | undefined {
  const said = plain(opening)
  if (repeats(plain(delivered), said)) return 'repetition'
  if (ABOUT_ITSELF.some((pattern) => pattern.test(said))) return 'about-itself'
  const script = scriptOf(delivered.slice(-SAMPLE))
  const otherScript = scriptOf(opening)
  if (script !== undefined && otherScript !== undefined && script !== otherScript) return 'other-script'
  const language = languageOf(delivered.slice(-SAMPLE))
  const otherLanguage = languageOf(opening)
  if (language !== undefined && otherLanguage !== undefined && language !== otherLanguage) return 'other-language'
  return undefined
}

/** So much of what was delivered says which language it is in, in characters. */
const SAMPLE = 1_000

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

/** An overlap of the old end and the new beginning that is no chance, in characters. */
const TELLING_OVERLAP = 12
/** A beginning that stands somewhere in what was delivered. */
const TELLING_QUOTE = 20

function repeats(delivered: string, said: string): boolean {
  if (said.length >= TELLING_QUOTE && delivered.includes(said.slice(0, TELLING_QUOTE))) return true
  const longest = Math.min(delivered.length, said.length)
  for (let length = TELLING_OVERLAP; length <= longest; length++)
    if (delivered.endsWith(said.slice(0, length))) return true
  return false
}

/**
 * How models begin that decline, apologise, or announce what they are about to do; in the languages that are asked most. A
 * continuation that really begins so is given up too, which costs an honest ending and no false word.
 */
const ABOUT_ITSELF: readonly RegExp[] = [
  /^\W*(?:sure|certainly|of course|absolutely|okay|ok|got it|understood|apologies|my apologies|sorry|continuing|continued|continuation)\b/,
  /^\W*here(?:'|’)?s?\b.{0,40}\b(?:rest|continu|remain|complet|answer|reply|response|text)/,
  /^\W*(?:i(?:'|’)?m|i am) (?:sorry|unable|not able|an ai)\b/,
  /^\W*i (?:can(?:'|’)?t|cannot|can not|won(?:'|’)?t|will not|apologi[sz]e|will continue|(?:'|’)?ll continue)\b/,
  /^\W*(?:as an ai|as a language model|let me (?:continue|finish|start)|the (?:previous|above) (?:text|reply|answer|response))\b/,
  /^\W*(?:klar|natürlich|gerne|sicher|entschuldigung|es tut mir leid|hier ist|fortsetzung|ich kann)(?!\p{L})/u,
  /^\W*(?:bien sûr|désolé|désolée|voici|certainement|je ne peux pas|je suis désolée?)(?!\p{L})/u,
  /^\W*(?:claro|por supuesto|lo siento|aquí (?:está|tienes)|no puedo|desculpe|aqui está|certo|mi dispiace|ecco)(?!\p{L})/u,
  /^[\p{P}\s]*(?:当然|好的|抱歉|对不起|以下是|申し訳|承知|もちろん|続き)/u,
  /^[\p{P}\s]*(?:конечно|извините|вот продолжение|к сожалению)/u,
]

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['latin', /\p{Script=Latin}/gu],
  ['cyrillic', /\p{Script=Cyrillic}/gu],
  ['greek', /\p{Script=Greek}/gu],
  ['arabic', /\p{Script=Arabic}/gu],
  ['hebrew', /\p{Script=Hebrew}/gu],
  ['devanagari', /\p{Script=Devanagari}/gu],
  ['thai', /\p{Script=Thai}/gu],
  ['hangul', /\p{Script=Hangul}/gu],
  // Chinese and Japanese share Han; kana, which no Chinese text has, are told apart as a language.
  ['han', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu],
]
/** Of its letters; below that a text is mixed. */
const CLEAR_SHARE = 0.7
const FEWEST_LETTERS = 12

/** The script that most of it is in; `undefined` where it is too short or mixed. */
function scriptOf(text: string): string | undefined {
  const counts = SCRIPTS.map(([name, letters]) => [name, countOf(text, letters)] as const)
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  // One sign of Chinese or Korean says as much as several letters.
  const [best, most] = counts.toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0]
  const fewest = best === 'han' || best === 'hangul' ? FEWEST_LETTERS / 3 : FEWEST_LETTERS
  return most >= fewest && most >= CLEAR_SHARE * total ? best : undefined
}

/** Words that nearly every text of a language has and the others do not. */
const FUNCTION_WORDS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['en', words('the and of to is that it for was with are this be have from which not you were has by an')],
  ['de', words('der die und das ist nicht ein eine zu den mit für auf sich dem des wird auch von werden einen sind')],
  ['fr', words('le la les et des est une dans que pour du qui sur pas avec sont aux ce cette plus par au')],
  ['es', words('el los las que del una por con para es como más pero sus lo fue son está su y')],
  ['it', words('il che di è per una sono con della non gli nel alla dei anche come più questo')],
  ['pt', words('o os que de do da em um uma para com não por mais dos das foi ao são se')],
  ['nl', words('de het een van en dat is niet op te voor met zijn ook aan wordt bij naar')],
])

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}

/** Found of the best language, and how many times as many as of the second. */
const FEWEST_FOUND = 4
const CLEAR_LEAD = 2

function languageOf(text: string): string | undefined {
  if (countOf(text, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu) >= FEWEST_FOUND) return 'ja'
  // So many without a kana among them.
  if (countOf(text, /\p{Script=Han}/gu) >= FEWEST_LETTERS) return 'zh'
  const tokens = text.toLowerCase().match(/\p{L}+/gu) ?? []
  const found = [...FUNCTION_WORDS].map(
    ([language, known]) => [language, tokens.filter((token) => known.has(token)).length] as const,
  )
  const [best, second] = found.toSorted(([, a], [, b]) => b - a)
  if (best === undefined || best[1] < FEWEST_FOUND) return undefined
  return best[1] >= CLEAR_LEAD * (second?.[1] ?? 0) ? best[0] : undefined
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

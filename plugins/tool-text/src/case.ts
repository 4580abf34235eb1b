import type { TextInput } from './generated/input.ts'
import { mapWords } from './segments.ts'

export type Style = NonNullable<TextInput['style']>

const WORD = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}|[\p{Lt}\p{Lm}\p{Lo}\p{M}]+|\p{N}+/gu

const CHANGES: Readonly<Record<Style, (text: string) => string>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  title: (text) => mapWords(text, capitalised),
  sentence: (text) => text.toLowerCase().replace(/\p{L}/u, (letter) => letter.toUpperCase()),
  camel: (text) => {
    const [first = '', ...rest] = partsOf(text)
    return first.toLowerCase() + rest.map(capitalised).join('')
  },
  pascal: (text) => partsOf(text).map(capitalised).join(''),
  snake: (text) => partsOf(text).join('_').toLowerCase(),
  kebab: (text) => partsOf(text).join('-').toLowerCase(),
}

/** The text in another case, the same in every country. */
export function changeCase(text: string, style: Style): string {
  return CHANGES[style](text)
}

/** `XMLHttpRequest2` is XML, Http, Request, 2. */
function partsOf(text: string): string[] {
  return text.match(WORD) ?? []
}

function capitalised(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0)!)
  return first.toUpperCase() + word.slice(first.length).toLowerCase()
}

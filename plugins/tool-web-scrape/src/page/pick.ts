import { SpellError, printable } from '@llmspell/sdk'
import type { Document, Element } from './dom.ts'
import type { Sight } from './invisible.ts'
import { absolute } from './links.ts'
import { plainText } from './text.ts'

interface Pick {
  readonly selector: string
  readonly attribute?: string
  readonly all?: boolean
}

export type Picks = Readonly<Record<string, string | Pick>>
export type Picked = Record<string, string | string[] | null>

const MOST = 1000

/** What the selectors find, by the names they were given. @throws WEB_SELECTOR */
export function pick(document: Document, picks: Picks, base: string, sight: Sight): Picked {
  const rows = Object.entries(picks).map(([name, wanted]) => {
    const each = typeof wanted === 'string' ? { selector: wanted } : wanted
    const found = find(document, each)
    const values = found.map((element) => sight.text(valueOf(element, each.attribute, base)))
    return [name, each.all ? values : (values[0] ?? null)] as const
  })
  return Object.fromEntries(rows)
}

function find(document: Document, { selector, all = false }: Pick): readonly Element[] {
  try {
    if (all) return [...document.querySelectorAll(selector)].slice(0, MOST)
    const first = document.querySelector(selector)
    return first ? [first] : []
  } catch {
    const text = `The selector '${printable(selector)}' cannot be read.`
    throw new SpellError('WEB_SELECTOR', text, { hint: "Write CSS such as 'main h2 > a'." })
  }
}

function valueOf(element: Element, attribute: string | undefined, base: string): string {
  if (attribute === undefined) return plainText(element)
  const value = element.getAttribute(attribute) ?? ''
  return attribute === 'href' || attribute === 'src' ? (absolute(value, base) ?? '') : value
}

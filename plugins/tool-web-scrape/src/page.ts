import type { Document, Element } from './page/dom.ts'
import { decode } from './page/charset.ts'
import { cleanAttributes } from './page/clean.ts'
import { removeHidden } from './page/hidden.ts'
import { Sight } from './page/invisible.ts'
import { baseOf, linksOf, settleLinks, type Link } from './page/links.ts'
import { pick, type Picked, type Picks } from './page/pick.ts'
import { checkShape, type Shape } from './page/shape.ts'
import { plainText } from './page/text.ts'

// The reader weighs each element against those around it: past this, seconds go by.
const MOST_TO_WEIGH = 30_000
const DEEPEST_TO_WEIGH = 128

/** How one page is to be read. */
export interface Reading {
  readonly url: string
  readonly type: string | undefined
  readonly as: 'text' | 'markdown' | 'links' | 'html' | 'selectors'
  readonly selectors: Picks
  /** The article of the page, where it has one. */
  readonly readable: boolean
}

/** What a thread gives back of one page. */
export interface Page {
  readonly title: string
  readonly description: string
  readonly language: string
  readonly charset: string
  readonly content?: string
  readonly picked?: Picked
  readonly links: readonly Link[]
  /** True when `content` is the article only. */
  readonly article: boolean
  readonly removed: { readonly characters: number; readonly elements: number }
}

/** Runs in a thread of its own. @throws WEB_TOO_COMPLEX, WEB_SELECTOR */
export async function readPage(bytes: Uint8Array, reading: Reading): Promise<Page> {
  const { text, charset } = decode(bytes, reading.type)
  const sight = new Sight()
  if (isPlain(reading.type)) return { ...EMPTY, charset, ...plain(text, reading, sight) }
  const shape = await checkShape(text)
  const document = await parse(text, shape)
  const base = baseOf(document, reading.url)
  const facts = factsOf(document, sight)
  const elements = removeHidden(document)
  const links = linksOf(document, base, sight)
  const readable =
    reading.readable && shape.elements <= MOST_TO_WEIGH && shape.depth <= DEEPEST_TO_WEIGH
  const content = await contentOf(document, base, { ...reading, readable }, sight)
  const removed = { characters: sight.removed, elements }
  return { ...facts, charset, ...content, links, removed }
}

/** What a robots.txt says of one address. Seconds to wait between visits, where it says so. */
export async function askRobots(
  text: string,
  place: string,
  agent: string,
  url: string,
): Promise<{ readonly allowed: boolean; readonly delay: number | undefined }> {
  const library = (await import('robots-parser')) as unknown as { readonly default: ParseRobots }
  const robots = library.default(place, text)
  return { allowed: robots.isAllowed(url, agent) ?? true, delay: robots.getCrawlDelay(agent) }
}

type ParseRobots = (
  url: string,
  text: string,
) => {
  isAllowed(url: string, agent: string): boolean | undefined
  getCrawlDelay(agent: string): number | undefined
}

const EMPTY = {
  title: '',
  description: '',
  language: '',
  links: [],
  article: false,
  removed: { characters: 0, elements: 0 },
}

function isPlain(type: string | undefined): boolean {
  return /^text\/(?!html)|^application\/(?:json|[\w.-]+\+json)/i.test(type ?? '')
}

function plain(text: string, { as }: Reading, sight: Sight): Partial<Page> {
  if (as === 'links' || as === 'selectors') return as === 'links' ? {} : { picked: {} }
  const content = sight.text(text)
  return { content, removed: { characters: sight.removed, elements: 0 } }
}

/** The library builds what is written: a page without html or body gets them here. */
async function parse(
  text: string,
  { html, body }: Partial<Shape> = { html: true, body: true },
): Promise<Document> {
  const { parseHTML } = await import('linkedom')
  const make = (source: string): Document => parseHTML(source).document as unknown as Document
  const wrapped = (): Document => make(`<html><head></head><body>${text}</body></html>`)
  if (body || !html) {
    const whole = make(html && body ? text : '')
    // What stands before the html would be the root, and a page is lost with a root that is taken out.
    const root = whole.documentElement as Element | null
    return root?.localName === 'html' ? whole : wrapped()
  }
  const document = make(text)
  const head = document.querySelector('head')
  const above = head?.outerHTML ?? ''
  const language = document.documentElement.getAttribute('lang') ?? ''
  head?.remove()
  // A head that stood around all the rest leaves nothing behind.
  const left = document.documentElement as Element | null
  const made = make(`<html>${above}<body>${left?.innerHTML ?? ''}</body></html>`)
  made.documentElement.setAttribute('lang', language)
  return made
}

function bodyOf(document: Document): Element {
  return document.querySelector('body') ?? document.documentElement
}

function factsOf(
  document: Document,
  sight: Sight,
): Pick<Page, 'title' | 'description' | 'language'> {
  const description = document.querySelector('meta[name="description"]')?.getAttribute('content')
  const short = (text: string): string =>
    sight.text(text).replaceAll(/\s+/g, ' ').trim().slice(0, 1000)
  return {
    title: short(document.querySelector('title')?.textContent ?? ''),
    description: short(description ?? ''),
    language: short(document.documentElement.getAttribute('lang') ?? '').slice(0, 35),
  }
}

async function contentOf(
  document: Document,
  base: string,
  { as, selectors, readable }: Reading,
  sight: Sight,
): Promise<Pick<Page, 'content' | 'picked' | 'article'>> {
  if (as === 'links') return { article: false }
  if (as === 'selectors') return { article: false, picked: pick(document, selectors, base, sight) }
  settleLinks(document, base)
  const root = readable ? await articleOf(document) : bodyOf(document)
  const article = root.localName !== 'body'
  return { article, content: sight.text(await written(root, as)) }
}

/** The reader takes the page apart: where it finds nothing, the page is parsed once more. */
async function articleOf(document: Document): Promise<Element> {
  const whole = document.documentElement.outerHTML
  const library = await import('@mozilla/readability')
  const options = { serializer: (node: unknown) => node as Element, charThreshold: 250 }
  const reader = new library.Readability(document as never, options as never)
  const article = reader.parse()?.content as unknown as Element | null | undefined
  return article ?? bodyOf(await parse(whole))
}

async function written(root: Element, as: Reading['as']): Promise<string> {
  if (as === 'text') return plainText(root)
  cleanAttributes(root)
  if (as === 'html') return root.innerHTML
  const library = await import('turndown')
  const service = new library.default({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
  })
  return service.turndown(root as never)
}

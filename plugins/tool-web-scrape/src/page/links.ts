import type { Document } from './dom.ts'
import type { Sight } from './invisible.ts'

const MAX_LINKS = 5000
const MAX_URL = 8192

export interface Link {
  readonly url: string
  readonly text: string
}

/** The address that relative ones start from: `<base>`, if it is one of the web. */
export function baseOf(document: Document, url: string): string {
  return absolute(document.querySelector('base[href]')?.getAttribute('href'), url) ?? url
}

/** Absolute, http or https; undefined for anything else. */
export function absolute(href: string | null | undefined, base: string): string | undefined {
  if (href === null || href === undefined || href.length > MAX_URL) return undefined
  const url = URL.parse(href.trim(), base)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined
  return url.href
}

/** The links in the order of the page, each address once. */
export function linksOf(document: Document, base: string, sight: Sight): readonly Link[] {
  const links = new Map<string, Link>()
  for (const element of document.querySelectorAll('a[href],area[href]')) {
    const url = absolute(element.getAttribute('href'), base)
    if (url === undefined || links.has(url)) continue
    const text = element.textContent ?? element.getAttribute('alt') ?? ''
    links.set(url, { url, text: sight.text(text).replaceAll(/\s+/g, ' ').trim().slice(0, 500) })
    if (links.size === MAX_LINKS) break
  }
  return [...links.values()]
}

/** Makes addresses in the page absolute, and takes out those that are none of the web. */
export function settleLinks(document: Document, base: string): void {
  for (const name of ['href', 'src']) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      const url = absolute(element.getAttribute(name), base)
      if (url === undefined) element.removeAttribute(name)
      else element.setAttribute(name, url)
    }
  }
}

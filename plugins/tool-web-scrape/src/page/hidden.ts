import { COMMENT, type Document, type Element, type Node } from './dom.ts'

const SILENT =
  'script,style,noscript,template,iframe,frame,object,embed,applet,svg,math,canvas,audio,video,dialog:not([open])'
const MARKED = '[hidden],[aria-hidden="true"],input[type="hidden"]'
const STYLED =
  /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0?(?:\.0*)?\s*(?:!|;|$)|font-size\s*:\s*0(?:px|em|rem|pt|%)?\s*(?:!|;|$))/i
const MAX_RULES = 500

/** Takes out what a reader would not see. @returns how many elements with hidden text there were */
export function removeHidden(document: Document): number {
  const rules = hidingRules(document)
  for (const element of Array.from(document.querySelectorAll(SILENT))) element.remove()
  removeComments(document)
  const hidden = new Set<Element>(document.querySelectorAll(MARKED))
  for (const element of document.querySelectorAll('[style]'))
    if (STYLED.test(element.getAttribute('style') ?? '')) hidden.add(element)
  for (const rule of rules) for (const element of found(document, rule)) hidden.add(element)
  const kept = new Set([document.documentElement, document.body])
  const gone = [...hidden].filter((element) => !kept.has(element))
  for (const element of gone) element.remove()
  return gone.filter((element) => (element.textContent ?? '').trim() !== '').length
}

/** Selectors of the page's own rules that hide; what stands in a block such as @media may never apply. */
function hidingRules(document: Document): readonly string[] {
  const styles = [...document.querySelectorAll('style')].map((style) => style.textContent ?? '')
  return styles.flatMap((css) => rulesOf(css.replaceAll(/\/\*[^]*?\*\//g, ''))).slice(0, MAX_RULES)
}

function rulesOf(css: string): string[] {
  const rules: string[] = []
  for (let at = 0; at < css.length;) {
    const open = css.indexOf('{', at)
    if (open < 0) break
    const selector = css.slice(at, open).split(';').at(-1)!.trim()
    const end = endOf(css, open)
    if (!selector.startsWith('@') && STYLED.test(css.slice(open + 1, end))) rules.push(selector)
    at = end + 1
  }
  return rules
}

function endOf(css: string, open: number): number {
  let depth = 0
  for (let at = open; at < css.length; at++) {
    if (css[at] === '{') depth++
    else if (css[at] === '}' && --depth === 0) return at
  }
  return css.length
}

/** A selector that cannot be read, or asks for a state such as :hover, hides nothing. */
function found(document: Document, selector: string): readonly Element[] {
  if (selector.length > 500 || selector.includes(':')) return []
  try {
    return [...document.querySelectorAll(selector)]
  } catch {
    return []
  }
}

function removeComments(node: Node): void {
  for (const child of Array.from(node.childNodes)) {
    if (child.nodeType === COMMENT) (child as Element).remove()
    else removeComments(child)
  }
}

import type { Element } from './dom.ts'

const KEPT = new Set([
  'href',
  'src',
  'alt',
  'title',
  'lang',
  'dir',
  'colspan',
  'rowspan',
  'datetime',
  'cite',
  'start',
  'type',
  'value',
  'name',
  'id',
  'class',
])

/** Leaves only attributes that say something: no handlers, no styles, nothing that loads. */
export function cleanAttributes(root: Element): void {
  for (const element of root.querySelectorAll('*')) {
    for (const { name } of Array.from(element.attributes))
      if (!KEPT.has(name.toLowerCase())) element.removeAttribute(name)
  }
}

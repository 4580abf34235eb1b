/** What is used of a DOM. */
export interface Node {
  readonly nodeType: number
  readonly nodeName: string
  readonly textContent: string | null
  readonly childNodes: Iterable<Node>
}

export interface Element extends Node {
  readonly localName: string
  readonly innerHTML: string
  readonly outerHTML: string
  readonly attributes: Iterable<{ readonly name: string }>
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  remove(): void
  querySelector(selector: string): Element | null
  querySelectorAll(selector: string): Iterable<Element>
}

export interface Document extends Element {
  readonly documentElement: Element
  readonly body: Element | null
  readonly title: string
}

export const ELEMENT = 1
export const TEXT = 3
export const COMMENT = 8

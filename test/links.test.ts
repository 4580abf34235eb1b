import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { pages } from './support/markdown.ts'
import { ROOT } from './support/root.ts'

const PAGES = pages(
  '*.md',
  'docs/*.md',
  '{cli,cli/runtime,kernel,sdk,plugin-template}/README.md',
  '{plugins,examples}/*/README.md',
)
const FENCED = /^```.*?^```$/gms
const LINK = /\]\(([^)\s]+)\)/g

const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8')

/** What a heading is called in an address. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [
    ...textOf(page)
      .replaceAll(FENCED, '')
      .matchAll(/^#+ +(.+)$/gm),
  ]
  return new Set(headings.map(([, text]) => slug(text!)))
}

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(ROOT, target))) return true
  return anchor !== undefined && !anchorsOf(target).has(anchor)
}

test.each(PAGES)('the links of %s lead somewhere', (page) => {
  const found = [...textOf(page).replaceAll(FENCED, '').matchAll(LINK)].map(([, link]) => link!)
  const own = found.filter((link) => !/^[a-z]+:/.test(link))
  expect(own.filter((link) => isBroken(page, link))).toEqual([])
})

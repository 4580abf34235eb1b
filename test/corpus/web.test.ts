import { readFileSync } from 'node:fs'
import type { Workers } from '@llmspell/sdk'
import { createKernel, type Kernel } from '@llmspell/kernel'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page, Reading } from '../../plugins/tool-web-scrape/src/page.ts'
import { Sight } from '../../plugins/tool-web-scrape/src/page/invisible.ts'
import { source } from '../tools/house.ts'

interface Row {
  readonly id: string
  readonly name: string
  /** Pieces with how often they are repeated. */
  readonly html: readonly (readonly [string, number?])[]
  readonly as?: Reading['as']
  readonly type?: string
  /** A code, or the content. */
  readonly expect: string
  readonly links?: readonly string[]
  readonly elements?: number
  readonly characters?: number
}

const text = readFileSync(new URL('web.json', import.meta.url), 'utf8')
const { rows } = JSON.parse(text) as { readonly rows: readonly Row[] }
const module = new URL('../../plugins/tool-web-scrape/src/page.js', import.meta.url)

let kernel: Kernel
let workers: Workers
beforeAll(async () => {
  kernel = createKernel({ plugins: [source('sandbox')] })
  await kernel.start()
  workers = await kernel.use('workers')
})
afterAll(() => kernel.stop())

function read(html: string, reading: Partial<Reading> = {}): Promise<Page> {
  const all = {
    url: 'https://site.test/a/b',
    type: 'text/html',
    as: 'text',
    selectors: {},
    readable: false,
  }
  const args = [Buffer.from(html), { ...all, ...reading }]
  const limits = { timeoutMs: 15_000, memoryBytes: 256 * 1024 * 1024 }
  return workers.run<Page>({
    module,
    function: 'readPage',
    args,
    subject: "Tool 'web-scrape'",
    ...limits,
  })
}

describe('the corpus of pages', () => {
  test.each(rows)('$id $name → $expect', async (row) => {
    const html = row.html.map(([piece, times = 1]) => piece.repeat(times)).join('')
    const started = performance.now()
    const found = await read(html, { as: row.as ?? 'text', type: row.type ?? 'text/html' }).then(
      (page) => ({ said: page.content ?? '', page }),
      (error: unknown) => ({
        said: (error as { code?: string }).code ?? String(error),
        page: undefined,
      }),
    )
    expect(found.said).toBe(row.expect)
    const links = found.page?.links.map((link) => link.url)
    expect(row.links === undefined || { links }).toEqual(
      row.links === undefined || { links: row.links },
    )
    const { elements = found.page?.removed.elements, characters = found.page?.removed.characters } =
      row
    expect(found.page?.removed).toEqual(found.page && { elements, characters })
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

test('any text is read, and nothing invisible or no address of the web comes out', async () => {
  const piece = fc.constantFrom(
    '<p>',
    '</p>',
    '<a href="',
    '">',
    '</a>',
    '<div hidden>',
    '</div>',
    '<script>',
    '</script>',
    '<!--',
    '-->',
    '<style>',
    '.x{display:none}',
    '</style>',
    '<table>',
    '<td>',
    '<base href="//b.test/">',
    `${'java'}script:x`,
    '/rel',
    '&#x200b;',
    '\u{e0041}',
    'text',
    '<',
    '>',
    '&',
    '"',
    '<svg onload=x>',
    '</body>',
    '<html>',
    '<body>',
    '<head>',
    '<title>',
    ']]>',
    '<![CDATA[',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), async (pieces) => {
      for (const as of ['text', 'markdown', 'html'] as const) {
        const page = await read(pieces.join(''), { as, readable: as === 'markdown' })
        expect(page.content).not.toMatch(/\u200b|\u{e0041}/u)
        for (const { url } of page.links) expect(url).toMatch(/^https?:\/\//)
      }
    }),
    { numRuns: 100, examples: [[['<head>', '<html>']], [['<svg onload=x>', '<html>', '<body>']]] },
  )
})

test('invisible characters are counted one by one, and other text stays', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'é', '日', '😀', ' ')),
      fc.array(fc.constantFrom('\u200b', '\u202e', '\u{e0041}', '\ufeff', '\u00ad')),
      (seen, hidden) => {
        const sight = new Sight()
        const mixed = seen.flatMap((char, i) => [char, hidden[i] ?? '']).join('')
        expect(sight.text(mixed)).toBe(seen.join(''))
        expect(sight.removed).toBe(Math.min(seen.length, hidden.length))
      },
    ),
  )
})

import { inputInvalid } from '@llmspell/sdk'
import type { Tool, ToolCall, ToolOutput, Value } from '@llmspell/sdk'
import { crawl, startsOf } from './crawl.ts'
import type { WebScrapeInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { WebScrapeResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'
import { Visitor, type Means, type Visited } from './visit.ts'

type Row = WebScrapeResult['pages'][number]

/** The tool, over the guarded client and threads that parse. */
export function webScrape(means: Means): Tool<WebScrapeInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      check(input)
      return await scrape(new Visitor(means, input, call), input, call)
    },
  }
}

async function scrape(
  visitor: Visitor,
  input: WebScrapeInput,
  call: ToolCall,
): Promise<ToolOutput> {
  const pages: Row[] = []
  const failed: WebScrapeResult['failed'] = []
  let count = 0
  for await (const found of crawl(visitor, input, call)) {
    if ('failure' in found) failed.push(found.failure)
    else {
      const row = rowOf(found.page, input)
      count++
      if (call.streamed)
        await call.emit({
          type: 'data',
          data: { ...row } as Value,
          text: `${headOf(row)}\n${textOf(row)}\n`,
        })
      else pages.push(row)
    }
    call.progress(count + failed.length, input.limit)
  }
  const ok = count > 0 || failed.length === 0
  const result = { ok, count, pages, failed } as unknown as Value
  const message = failed.map(({ url, code, message: why }) => `${url}: ${why} (${code})`).join('\n')
  const text = pages.length === 1 ? textOf(pages[0]!) : pages.map(sectionOf).join('\n\n')
  return { result, text, operation: 'scrape', ...(message === '' ? {} : { message }) }
}

function rowOf(page: Visited, { as }: WebScrapeInput): Row {
  const { url, status, title, description, language, charset, bytes, article, removed } = page
  const facts = { url, status, title, description, language, charset, bytes, article, removed }
  if (as === 'links') return { ...facts, links: page.links.map((link) => ({ ...link })) }
  if (as === 'selectors') return { ...facts, picked: page.picked ?? {} }
  return { ...facts, content: page.content ?? '' }
}

const sectionOf = (row: Row): string => `${headOf(row)}\n\n${textOf(row)}`

/** Which page the text is of. */
function headOf({ title, url }: Row): string {
  return title === '' ? `=== ${url}` : `=== ${title}\n=== ${url}`
}

function textOf({ content, links, picked }: Row): string {
  if (content !== undefined) return content
  if (links) return links.map(({ url, text }) => `${url}\t${text}`).join('\n')
  return JSON.stringify(picked, null, 2)
}

function check(input: WebScrapeInput): void {
  const fail = (path: string, expected: string, found: string): never => {
    throw inputInvalid("Tool 'web-scrape'", [{ path, expected, found }])
  }
  if (startsOf(input).length === 0) fail('url', 'an address in url or urls', 'none')
  const picks = Object.keys(input.selectors ?? {}).length
  if (input.as === 'selectors' && picks === 0) fail('selectors', 'at least one', 'none')
  if (input.as !== 'selectors' && picks > 0)
    fail('as', "'selectors' with selectors", `'${input.as}'`)
}

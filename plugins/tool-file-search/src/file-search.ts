import type { Files, Tool, ToolCall, ToolOutput, Value } from '@llmspell/sdk'
import { printable } from '@llmspell/sdk'
import type { FileSearchInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import type { FileSearchResult } from './generated/output.ts'
import { validate as validateOutput } from './generated/output.validate.js'
import type { Match } from './matches.ts'
import { finderOf } from './pattern.ts'
import { Search } from './search.ts'

/** The tool, over the guarded file service: it lists and opens nothing by itself. */
export function fileSearch(files: Files): Tool<FileSearchInput> {
  return {
    validate,
    validateOutput,
    async execute(input, call) {
      const { content } = input
      const find = content === undefined ? undefined : await finderOf({ ...input, content })
      const search = new Search(files, input, call, find)
      return output(await collect(search, input, call))
    },
  }
}

async function collect(
  search: Search,
  { path, limit }: FileSearchInput,
  call: ToolCall,
): Promise<FileSearchResult> {
  const matches: Match[] = []
  let count = 0
  for await (const match of search.matches()) {
    count++
    if (call.streamed) await call.emit({ type: 'data', data: { ...match }, text: textOf(match) })
    else matches.push(match)
    if (count === limit) break
  }
  const { files, skipped, cut } = search
  return { path, matches, count, files, skipped, truncated: cut || count === limit }
}

function output(result: FileSearchResult): ToolOutput {
  const more = result.truncated ? ['… and perhaps more.'] : []
  const gap = result.matches.some(({ before }) => before) ? '\n--\n' : '\n'
  const text = [...[result.matches.map(textOf).join(gap)].filter(Boolean), ...more].join('\n')
  return { result: result as unknown as Value, text, operation: 'search' }
}

/** As grep shows it: lines of the match with a colon, those around it with a dash. */
function textOf(match: Match): string {
  const { path, line = 0, before = [], after = [] } = match
  const around = (text: string, at: number): string => `${printable(path, 8192)}-${at}- ${text}`
  return [
    ...before.map((text, i) => around(text, line - before.length + i)),
    lineOf(match),
    ...after.map((text, i) => around(text, line + 1 + i)),
  ].join('\n')
}

function lineOf({ path, line, text }: Match): string {
  const name = printable(path, 8192)
  return line === undefined ? name : `${name}:${line}: ${text}`
}

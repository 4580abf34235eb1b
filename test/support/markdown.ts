import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.ts'

/** A fenced block of a page. */
export interface Block {
  /** The page, relative to the root of the repository. */
  readonly page: string
  /** Line of the fence, from 1. */
  readonly line: number
  readonly text: string
}

/** The pages of this repository that a pattern finds; none where a page is not written. */
export function pages(...patterns: readonly string[]): readonly string[] {
  const found = globSync(patterns, { cwd: ROOT })
  return found.map((page) => page.replaceAll('\\', '/')).sort()
}

const FENCED = /^```(\w*)[^\n]*\n(.*?)^```$/gms

/** The blocks of one language in a page. */
export function blocks(page: string, language: string): readonly Block[] {
  const all = readFileSync(join(ROOT, page), 'utf8').replaceAll('\r\n', '\n')
  const found = [...all.matchAll(FENCED)].filter(([, name]) => name === language)
  return found.map(({ index, 2: text }) => ({
    page,
    line: all.slice(0, index).split('\n').length,
    text: text!,
  }))
}

/** What a block of Lua says that it prints: what stands behind `-->`. */
export function promised({ text }: Block): readonly string[] {
  return [...text.matchAll(/--> *(.*)$/gm)].map(([, said]) => said!.trim())
}

/** Commands of a shell block that start llmspell, with the exit code that a comment promises. */
export function commands({ text }: Block): readonly { line: string; code: number }[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n')
  const own = lines.filter((line) => /^(?:npx )?llmspell /.test(line))
  return own.map((line) => ({
    line: line.replace(/^npx /, ''),
    code: Number(/# exit (\d+)\s*$/.exec(line)?.[1] ?? 0),
  }))
}

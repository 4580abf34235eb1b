import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const MOST_CAUSES = 10

/** The first place of an error, or of what caused it, that lies in a folder: `src/tool.ts:3:5`. */
export function placeIn(error: unknown, folder: string): string | undefined {
  let cause = error
  for (let depth = 0; depth < MOST_CAUSES && cause instanceof Error; depth++) {
    const found = placeOf(cause.stack ?? '', folder)
    if (found !== undefined) return found
    cause = cause.cause
  }
  return undefined
}

function placeOf(stack: string, folder: string): string | undefined {
  for (const [, address = '', place = ''] of stack.matchAll(
    /(file:\/\/[^\s?)]+?|\/[^\s?)]+?)(?:\?[^\s:)]*)?(:\d+(?::\d+)?)(?=[\s)]|$)/g,
  )) {
    const file = address.startsWith('file:') ? fileURLToPath(address) : address
    const own = relative(folder, file)
    if (!own.startsWith('..') && !own.includes('node_modules')) return `${own}${place}`
  }
  return undefined
}

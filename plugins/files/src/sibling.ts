import { opendir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { nearest } from '@llmspell/sdk'
import { canonical } from './canonical.ts'
import { may } from './asked.ts'
import type { Asked } from './asked.ts'

const MAX_ENTRIES = 1000

/** The name in the same folder that was probably meant, of those that may be read. */
export async function nearestSibling(asked: Asked): Promise<string | undefined> {
  const folder = await canonical(dirname(asked.lexical))
  const names: string[] = []
  try {
    for await (const entry of await opendir(folder, { bufferSize: 256 })) {
      if (names.length >= MAX_ENTRIES) break
      if (entry.isFile() && may(asked, join(folder, entry.name))) names.push(entry.name)
    }
  } catch {
    return undefined
  }
  const found = nearest(basename(asked.lexical), names)
  return found === undefined ? undefined : replaceName(asked.shown, found)
}

function replaceName(shown: string, name: string): string {
  return shown.slice(0, shown.lastIndexOf('/') + 1) + name
}

import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = /^audit-\d{4}-\d{2}\.jsonl$/

/** One line as it stands in a file. */
export interface FoundLine {
  readonly file: string
  /** From 1. */
  readonly number: number
  readonly text: string
  /** False where the file ends without a line end. */
  readonly whole: boolean
}

/** File of a month, by UTC. */
export function fileOf(at: Date): string {
  return `audit-${at.toISOString().slice(0, 7)}.jsonl`
}

/** The audit files of a folder, oldest first. */
export async function auditFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => FILE.test(name)).sort()
}

/** All lines of a folder, oldest first, one in memory at a time. */
export async function* linesOf(folder: string): AsyncGenerator<FoundLine> {
  for (const file of await auditFiles(folder)) yield* linesOfFile(folder, file)
}

async function* linesOfFile(folder: string, file: string): AsyncGenerator<FoundLine> {
  let rest = ''
  let number = 0
  for await (const piece of createReadStream(join(folder, file), 'utf8') as AsyncIterable<string>) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop()!
    for (const text of parts) yield { file, number: ++number, text, whole: true }
  }
  if (rest !== '') yield { file, number: ++number, text: rest, whole: false }
}

import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SpellError } from '@llmspell/sdk'

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
    throw unreadable(error)
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
  for await (const piece of pieces(join(folder, file))) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop()!
    for (const text of parts) yield { file, number: ++number, text, whole: true }
  }
  if (rest !== '') yield { file, number: ++number, text: rest, whole: false }
}

async function* pieces(path: string): AsyncGenerator<string> {
  try {
    yield* createReadStream(path, 'utf8') as AsyncIterable<string>
  } catch (error) {
    throw unreadable(error as NodeJS.ErrnoException)
  }
}

function unreadable(cause: NodeJS.ErrnoException): SpellError {
  const text = `The audit cannot be read: ${cause.code ?? cause.message}.`
  const hint = 'Look at its folder: it holds files that only you may read.'
  return new SpellError('AUDIT_UNREADABLE', text, { hint, cause })
}

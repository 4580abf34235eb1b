import { join } from 'node:path'
import { parseDotenv } from './dotenv.ts'
import type { Dotenv } from './dotenv.ts'
import { NotTaken, readSmall } from './read-file.ts'

const MOST_BYTES = 64 * 1024
const NOTHING: Dotenv = { values: new Map(), faults: [] }
/** Stands for the whole file. */
const WHOLE: Dotenv = { values: new Map(), faults: [1] }

/** `.env` of a folder; one that is no plain UTF-8 file of at most 64 KiB has nothing and a fault. */
export async function readDotenv(folder: string): Promise<Dotenv> {
  try {
    const found = await readSmall(join(folder, '.env'), MOST_BYTES)
    if (!found) return NOTHING
    return parseDotenv(new TextDecoder('utf-8', { fatal: true }).decode(found.bytes))
  } catch (error) {
    if (error instanceof NotTaken || error instanceof TypeError || isDenied(error)) return WHOLE
    throw error
  }
}

function isDenied(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).code === 'string'
}

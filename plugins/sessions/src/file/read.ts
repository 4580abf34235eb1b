import { isSpellError } from '@llmspell/sdk'
import { framesIn } from '@llmspell/sdk/store'
import type { Frame } from '@llmspell/sdk/store'
import { damagedFile, FORMAT, newerFile, SORT, VERSION } from './format.ts'
import type { Head, Item, Trailer } from './format.ts'

type Framed = Frame & { readonly before: string }

/** One part of a file, with the content behind it. What is not read of it is passed over. */
export interface Part {
  readonly item: Item
  readonly content: AsyncGenerator<Uint8Array, void>
}

/**
 * The parts of a file; the last it gives is the SHA-256 that its trailer vouches for.
 * @throws SESSION_FILE_DAMAGED, SESSION_FILE_NEWER
 */
export async function* partsIn(source: AsyncIterable<Uint8Array>): AsyncGenerator<Part, string> {
  const frames = framesIn(source)
  const next = async (): Promise<Framed | undefined> => {
    try {
      const { done, value } = await frames.next()
      return done === true ? undefined : value
    } catch (error) {
      if (isSpellError(error) && error.code === 'STATE_BACKUP_DAMAGED')
        throw damagedFile('a damaged frame', error)
      throw error
    }
  }
  try {
    checkHead(await next())
    let items = 0
    let frame = await next()
    while (frame?.sort === SORT.item) {
      const item = jsonIn(frame) as Item
      const state: Rest = { left: lengthOf(item), frame: undefined }
      const content = contentOf(next, state)
      yield { item, content }
      for await (const _ of content);
      if (state.left !== 0) throw damagedFile('a content that breaks off')
      items++
      frame = state.frame ?? (await next())
    }
    const sha256 = checkTrailer(frame, items)
    if (await next()) throw damagedFile('bytes behind the trailer')
    return sha256
  } finally {
    await frames.return(undefined)
  }
}

interface Rest {
  left: number
  frame: Framed | undefined
}

async function* contentOf(
  next: () => Promise<Framed | undefined>,
  rest: Rest,
): AsyncGenerator<Uint8Array, void> {
  while (rest.left > 0) {
    const frame = await next()
    if (frame?.sort !== SORT.bytes || frame.body.length === 0 || frame.body.length > rest.left) {
      rest.frame = frame
      return
    }
    rest.left -= frame.body.length
    yield frame.body
  }
}

function lengthOf(item: Item): number {
  const { length = 0 } = item as { readonly length?: unknown }
  if (Number.isSafeInteger(length) && (length as number) >= 0) return length as number
  throw damagedFile('a length that is none')
}

function checkHead(frame: Framed | undefined): void {
  if (frame?.sort !== SORT.head) throw damagedFile('no head')
  const { format, version } = jsonIn(frame) as Partial<Head>
  if (format !== FORMAT || typeof version !== 'number') throw damagedFile('another kind of file')
  if (version > VERSION) throw newerFile(version)
}

function checkTrailer(frame: Framed | undefined, items: number): string {
  if (frame?.sort !== SORT.trailer) throw damagedFile('no trailer')
  const trailer = jsonIn(frame) as Partial<Trailer>
  if (trailer.items !== items) throw damagedFile(`${items} of ${String(trailer.items)} parts`)
  if (trailer.sha256 !== frame.before) throw damagedFile('another SHA-256')
  return trailer.sha256
}

function jsonIn({ body }: Frame): object {
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw damagedFile('no JSON', cause)
  }
  throw damagedFile('no table')
}

import type { Pictures, Pixels } from '@llmspell/sdk'
import { isSpellError, printable } from '@llmspell/sdk'
import { blocks } from './blocks.ts'
import { factsLine } from './facts.ts'
import type { Shown } from './facts.ts'
import { iterm, kitty } from './inline.ts'
import type { Colours, Protocol } from './protocol.ts'
import { sixel } from './sixel.ts'

export type { Shown } from './facts.ts'
export { coloursOf, detectProtocol, isNested, QUESTION } from './protocol.ts'
export type { Colours, Protocol } from './protocol.ts'

/** Where a preview goes. */
export interface Screen {
  /** Cells that it may take. */
  readonly columns: number
  readonly rows: number
  readonly protocol: Protocol
  /** For `blocks`; default `256`. */
  readonly colours?: Colours
  /** Decodes pictures; without it there are facts alone. */
  readonly pictures?: Pictures | undefined
  readonly signal?: AbortSignal
}

/** Pixels of one cell, where the terminal draws pixels. */
const CELL = { width: 10, height: 20 }
const MOST = { columns: 160, rows: 60 }

/** What a terminal is sent to show a content: a picture where it can, and a line of facts. @throws CANCELLED */
export async function previewOf(media: Shown, screen: Screen): Promise<string> {
  const facts = factsLine(media)
  const { protocol, pictures, signal } = screen
  if (media.kind !== 'image' || protocol === 'none' || !pictures) return facts
  try {
    const pixels = await pictures.scaled(media.bytes, {
      ...room(screen),
      ...(signal ? { signal } : {}),
    })
    return drawn(pixels, screen) + facts
  } catch (error) {
    if (signal?.aborted || !isSpellError(error)) throw error
    // What cannot be decoded still has facts: a preview fails no session.
    return `${facts}${printable(error.message, 300)}\n`
  }
}

/** In pixels; half-blocks have one column and half a row for each. */
function room({ protocol, columns, rows }: Screen): { width: number; height: number } {
  const cells = {
    columns: Math.max(1, Math.min(columns, MOST.columns)),
    rows: Math.max(1, Math.min(rows, MOST.rows)),
  }
  return protocol === 'blocks'
    ? { width: cells.columns, height: cells.rows * 2 }
    : { width: cells.columns * CELL.width, height: cells.rows * CELL.height }
}

function drawn(pixels: Pixels, { protocol, columns, colours = '256' }: Screen): string {
  const wide = Math.max(1, Math.min(columns, Math.ceil(pixels.width / CELL.width)))
  switch (protocol) {
    case 'kitty':
      return kitty(pixels, wide)
    case 'iterm':
      return iterm(pixels, wide)
    case 'sixel':
      return sixel(pixels)
    default:
      return blocks(pixels, colours)
  }
}

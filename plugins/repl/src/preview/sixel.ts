import type { Pixels } from '@llmspell/sdk'
import { bucketOf, paletteOf } from './palette.ts'

const MOST_COLOURS = 256
const CLEAR = -1
/** Rows of one band: the bits of one character. */
const BAND = 6

/** Sixel graphics of the VT340, clear where the picture is. https://vt100.net/docs/vt3xx-gp/chapter14.html */
export function sixel(pixels: Pixels): string {
  const { colours, places } = paletteOf(pixels, MOST_COLOURS)
  const { width, height } = pixels
  const registers = colours.map((colour, i) => `#${i};2;${colour.map(percent).join(';')}`).join('')
  const bands = Array.from({ length: Math.ceil(height / BAND) }, (_, band) =>
    bandOf(pixels, band * BAND, places),
  )
  return `\u001BP0;1;0q"1;1;${width};${height}${registers}${bands.join('-')}\u001B\\\n`
}

const percent = (part: number): number => Math.round((part * 100) / 255)

/** Each colour goes over the band anew. */
function bandOf(pixels: Pixels, top: number, places: Uint8Array): string {
  const rows = new Map<number, Uint8Array>()
  for (let y = 0; y < BAND && top + y < pixels.height; y++) {
    for (let x = 0; x < pixels.width; x++) {
      const place = placeAt(pixels, x, top + y, places)
      if (place === CLEAR) continue
      const row = rows.get(place) ?? new Uint8Array(pixels.width)
      row[x]! |= 1 << y
      rows.set(place, row)
    }
  }
  return [...rows].map(([place, row]) => `#${place}${packed(row)}`).join('$')
}

function placeAt({ width, rgba }: Pixels, x: number, y: number, places: Uint8Array): number {
  const at = (y * width + x) * 4
  if (rgba[at + 3]! < 128) return CLEAR
  return places[bucketOf(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!)]!
}

/** Repeats are counted; nothing stands behind the last bit. */
function packed(row: Uint8Array): string {
  let text = ''
  const end = row.findLastIndex((bits) => bits !== 0) + 1
  for (let at = 0; at < end;) {
    const start = at
    while (at < end && row[at] === row[start]) at++
    const char = String.fromCharCode(63 + row[start]!)
    text += at - start > 3 ? `!${at - start}${char}` : char.repeat(at - start)
  }
  return text
}

import type { Pixels } from '@llmspell/sdk'
import type { Colours } from './protocol.ts'

const UPPER = '▀'
const LOWER = '▄'
const RESET = '\u001B[0m'
const LEVELS = [0, 95, 135, 175, 215, 255]

type Colour = readonly [red: number, green: number, blue: number]

/** Two pixels in each cell: the upper one in the colour of the text, the lower one behind it. */
export function blocks(pixels: Pixels, colours: Colours): string {
  const rows = Math.ceil(pixels.height / 2)
  return Array.from({ length: rows }, (_, row) => rowOf(pixels, row * 2, colours)).join('')
}

function rowOf(pixels: Pixels, y: number, colours: Colours): string {
  let row = ''
  let last = ''
  for (let x = 0; x < pixels.width; x++) {
    const [style, char] = cell(colourAt(pixels, x, y), colourAt(pixels, x, y + 1), colours)
    row += style === last ? char : `${RESET}${style}${char}`
    last = style
  }
  return `${row}${RESET}\n`
}

/** What is clear shows the terminal's own background. */
function cell(
  upper: Colour | undefined,
  lower: Colour | undefined,
  colours: Colours,
): readonly [style: string, char: string] {
  if (upper && lower) return [text(upper, colours) + behind(lower, colours), UPPER]
  if (upper) return [text(upper, colours), UPPER]
  return lower ? [text(lower, colours), LOWER] : ['', ' ']
}

function colourAt({ width, height, rgba }: Pixels, x: number, y: number): Colour | undefined {
  const at = (y * width + x) * 4
  if (y >= height || rgba[at + 3]! < 128) return undefined
  return [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!]
}

const text = (colour: Colour, colours: Colours): string => `\u001B[38;${code(colour, colours)}m`
const behind = (colour: Colour, colours: Colours): string => `\u001B[48;${code(colour, colours)}m`
const code = (colour: Colour, colours: Colours): string =>
  colours === 'true' ? `2;${colour.join(';')}` : `5;${indexOf(colour)}`

/** The nearest of the cube of 216 colours and of the 24 greys. */
function indexOf(colour: Colour): number {
  const [red, green, blue] = colour.map(level) as [number, number, number]
  const cube = [LEVELS[red]!, LEVELS[green]!, LEVELS[blue]!] as const
  const grey = Math.max(
    0,
    Math.min(23, Math.round(((colour[0] + colour[1] + colour[2]) / 3 - 8) / 10)),
  )
  const shade = 8 + grey * 10
  return distance(colour, [shade, shade, shade]) < distance(colour, cube)
    ? 232 + grey
    : 16 + 36 * red + 6 * green + blue
}

function level(value: number): number {
  const gaps = LEVELS.map((known) => Math.abs(known - value))
  return gaps.indexOf(Math.min(...gaps))
}

const distance = (one: Colour, other: Colour): number =>
  one.reduce((sum, part, i) => sum + (part - other[i]!) ** 2, 0)

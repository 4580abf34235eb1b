import type { Pixels } from '@llmspell/sdk'
import { pngOf } from './png.ts'

/** Longest piece of one escape sequence. https://sw.kovidgoyal.net/kitty/graphics-protocol/ */
const PIECE = 4096

/** The kitty graphics protocol: shown at once, `columns` wide; the terminal answers nothing. */
export function kitty(pixels: Pixels, columns: number): string {
  const data = pngOf(pixels).toString('base64')
  const pieces = data.match(new RegExp(`.{1,${PIECE}}`, 'g')) ?? []
  const sent = pieces.map((piece, i) => {
    const head = i === 0 ? `a=T,f=100,q=2,c=${columns},` : ''
    return `\u001B_G${head}m=${i + 1 < pieces.length ? 1 : 0};${piece}\u001B\\`
  })
  return `${sent.join('')}\n`
}

/** Inline images of iTerm2. https://iterm2.com/documentation-images.html */
export function iterm(pixels: Pixels, columns: number): string {
  const png = pngOf(pixels)
  const facts = `inline=1;size=${png.length};width=${columns};height=auto;preserveAspectRatio=1`
  return `\u001B]1337;File=${facts}:${png.toString('base64')}\u0007\n`
}

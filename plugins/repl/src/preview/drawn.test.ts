import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import type { Pixels } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { blocks } from './blocks.ts'
import { iterm, kitty } from './inline.ts'
import { sixel } from './sixel.ts'

const visible = (text: string): string => text.replaceAll('\u001B', '␛').replaceAll('\u0007', '␇')

type Colour = readonly number[] | undefined

/** Colours row by row; undefined is clear. */
function colours({ width, height, rgba }: Pixels): Colour[] {
  return Array.from({ length: width * height }, (_, i) =>
    rgba[i * 4 + 3]! < 128 ? undefined : [...rgba.subarray(i * 4, i * 4 + 3)],
  )
}

const pixelsOf = (width: number, all: readonly (readonly number[])[]): Pixels => ({
  width,
  height: all.length / width,
  rgba: Uint8Array.from(all.flat()),
})

const byte = fc.integer({ min: 0, max: 255 })
const pixel = fc.tuple(byte, byte, byte, fc.constantFrom(0, 255, 255))
const picture = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 15 }))
  .chain(([width, height]) =>
    fc
      .array(pixel, { minLength: width * height, maxLength: width * height })
      .map((all) => pixelsOf(width, all)),
  )

/** What a terminal of half-blocks would show: the two pixels of each cell. */
function shown(text: string): Colour[][] {
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      let fore: Colour
      let back: Colour
      const upper: Colour[] = []
      const lower: Colour[] = []
      for (const [, style, char] of visible(line).matchAll(/␛\[([\d;]*)m|([^␛])/g)) {
        const [ground, , ...parts] = (style ?? '').split(';').map(Number)
        if (style === '0') fore = back = undefined
        else if (ground === 38) fore = parts
        else if (ground === 48) back = parts
        if (char) {
          upper.push(char === '▀' ? fore : back)
          lower.push(char === '▄' ? fore : back)
        }
      }
      return [upper, lower]
    })
}

describe('half-blocks', () => {
  test('show every pixel in 24 bits', () => {
    fc.assert(
      fc.property(picture, (pixels) => {
        const rows = shown(blocks(pixels, 'true')).slice(0, pixels.height)
        expect(rows.flat()).toEqual(colours(pixels))
      }),
    )
  })

  test.each([
    [[0, 0, 0], 16],
    [[255, 255, 255], 231],
    [[255, 0, 0], 196],
    [[128, 128, 128], 244],
    [[95, 135, 175], 67],
  ])('have %j as colour %i of 256', (colour, expected) => {
    const text = blocks(pixelsOf(1, [[...colour, 255]]), '256')
    expect(text).toBe(`\u001B[0m\u001B[38;5;${expected}m▀\u001B[0m\n`)
  })
})

/** The pixels of a PNG without filters. */
function fromPng(png: Buffer): Pixels {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)))
  const line = width * 4 + 1
  const parts = Array.from({ length: height }, (_, y) =>
    rows.subarray(y * line + 1, (y + 1) * line),
  )
  return { width, height, rgba: Uint8Array.from(Buffer.concat(parts)) }
}

describe('pictures inside escape sequences', () => {
  test('of kitty are all there, in pieces of at most 4096 characters', () => {
    fc.assert(
      fc.property(picture, (pixels) => {
        const pieces = [...visible(kitty(pixels, 4)).matchAll(/␛_G([^;]*);([^␛]*)␛\\/g)]
        expect(pieces[0]![1]).toMatch(/^a=T,f=100,q=2,c=4,m=[01]$/)
        const data = pieces.map(([, , data]) => data!).join('')
        expect(fromPng(Buffer.from(data, 'base64'))).toEqual(pixels)
      }),
    )
  })

  test('of kitty end where no more follows', () => {
    const noise = Array.from({ length: 64 * 64 }, (_, i) =>
      [3, 5, 7, 11].map((part) => Math.imul(i * part + 1, 0x9e3779b1) >>> 24),
    )
    const text = kitty(pixelsOf(64, noise), 6)
    const pieces = [...visible(text).matchAll(/m=([01]);([^␛]*)/g)]
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.every(([, , data]) => data!.length <= 4096)).toBe(true)
    expect(pieces.map(([, more]) => more).join('')).toBe(`${'1'.repeat(pieces.length - 1)}0`)
  })

  test('of iTerm2 are all there', () => {
    fc.assert(
      fc.property(picture, (pixels) => {
        const [, size, data] = /File=inline=1;size=(\d+);[^:]*:([^␇]*)␇/.exec(
          visible(iterm(pixels, 3)),
        )!
        const png = Buffer.from(data!, 'base64')
        expect(png.length).toBe(Number(size))
        expect(fromPng(png)).toEqual(pixels)
      }),
    )
  })
})

/** What a terminal of sixels would draw. */
function drawn(text: string, { width, height }: Pixels): Colour[] {
  const [, body] = /^␛P0;1;0q([^␛]*)␛\\\n$/.exec(visible(text))!
  const registers = new Map<string, number[]>()
  const found: Colour[] = Array.from({ length: width * height })
  let size = ''
  let [x, top, colour] = [0, 0, '']
  for (const [, raster, place, parts, count, char] of body!.matchAll(
    /("[\d;]*)|#(\d+)((?:;\d+)*)|(?:!(\d+))?([?-~$-])/g,
  )) {
    if (raster) size = raster
    else if (place && parts) registers.set(place, parts.split(';').slice(2).map(Number))
    else if (place) colour = place
    else if (char === '$') x = 0
    else if (char === '-') [x, top] = [0, top + 6]
    else
      for (let i = 0; i < Number(count ?? 1); i++, x++)
        for (let bit = 0; bit < 6; bit++)
          if (((char!.charCodeAt(0) - 63) >> bit) & 1)
            found[(top + bit) * width + x] = registers.get(colour)
  }
  expect(size).toBe(`"1;1;${width};${height}`)
  return found
}

const percent = (colour: Colour): Colour => colour?.map((part) => Math.round((part * 100) / 255))

const gapsOf = (found: readonly Colour[], wanted: readonly Colour[]): number[] =>
  found.flatMap((colour = [], i) => colour.map((part, at) => Math.abs(part - wanted[i]![at]!)))

describe('sixels', () => {
  test('draw what is clear and what is not, each colour near its own', () => {
    fc.assert(
      fc.property(picture, (pixels) => {
        const wanted = colours(pixels).map(percent)
        // At most 180 pixels, each with a register: only colours of the same five bits are one.
        const found = drawn(sixel(pixels), pixels)
        expect(found.map(Boolean)).toEqual(wanted.map(Boolean))
        expect(Math.max(0, ...gapsOf(found, wanted))).toBeLessThan(4)
      }),
    )
  })

  test('have 256 registers for thousands of colours, and stay near them', () => {
    const all = Array.from({ length: 80 * 60 }, (_, i) => [
      (i % 80) * 3,
      Math.floor(i / 80) * 4,
      90,
      255,
    ])
    const pixels = pixelsOf(80, all)
    const text = sixel(pixels)
    const places = [...text.matchAll(/#(\d+);2/g)].map(([, place]) => Number(place))
    expect(Math.max(...places)).toBe(255)
    const wanted = colours(pixels).map(percent)
    const gaps = gapsOf(drawn(text, pixels), wanted)
    expect(Math.max(...gaps)).toBeLessThan(8)
  })
})

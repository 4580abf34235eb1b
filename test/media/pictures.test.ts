import { createRequire } from 'node:module'
import { afterAll, describe, expect, test } from 'vitest'
import type Sharp from 'sharp'
import { MAKERS } from '../corpus/media-bytes.ts'
import { previewOf } from '../../plugins/repl/src/preview/index.ts'
import type { Protocol } from '../../plugins/repl/src/preview/index.ts'
import { mediaKernel, packageOf } from './support.ts'

const sharp = createRequire(new URL('package.json', packageOf('tool-image')))(
  'sharp',
) as typeof Sharp
const kernel = await mediaKernel()
const pictures = await kernel.use('pictures')

afterAll(() => kernel.stop())

/** Left half red, right half blue and half clear. */
async function halves(width = 40, height = 20): Promise<Buffer> {
  const half = { width: width / 2, height, channels: 4 } as const
  return sharp({ create: { ...half, width, background: '#f00' } })
    .composite([
      {
        input: { create: { ...half, background: '#00f' } },
        left: width / 2,
        top: 0,
      },
    ])
    .png()
    .toBuffer()
}

describe('the service pictures', () => {
  test('gives pixels of every format, no larger than asked for', async () => {
    for (const format of ['png', 'jpeg', 'webp', 'gif'] as const) {
      const bytes = await sharp(await halves())
        .toFormat(format)
        .toBuffer()
      const { width, height, rgba } = await pictures.scaled(bytes, { width: 10, height: 100 })
      expect([width, height, rgba.length]).toEqual([10, 5, 200])
      expect(rgba[0]).toBeGreaterThan(200)
      expect(rgba[9 * 4 + 2]).toBeGreaterThan(200)
    }
  })

  test('enlarges nothing, and widens grey and 16 bits to four bytes', async () => {
    const grey = await sharp(await halves(4, 2))
      .grayscale()
      .toColourspace('grey16')
      .png()
      .toBuffer()
    const { width, height, rgba } = await pictures.scaled(grey, { width: 500, height: 500 })
    expect([width, height, rgba.length]).toEqual([4, 2, 32])
    expect(rgba[0]).toBe(rgba[1])
    expect(rgba[3]).toBe(255)
  })

  test.each<[string, string, ...number[]]>([
    ['IMAGE_TOO_LARGE', 'png', 60_000, 60_000],
    ['IMAGE_INVALID', 'cut', 60],
    ['IMAGE_INVALID', 'use', 8],
    ['IMAGE_INVALID', 'tiff'],
  ])('refuses with %s: %s of %j', async (code, maker, ...args) => {
    const bytes = await MAKERS[maker]!(...(args as never[]))
    await expect(pictures.scaled(bytes, { width: 80, height: 40 })).rejects.toMatchObject({ code })
  })

  test('refuses more pixels than an answer may have', async () => {
    const asked = { width: 10_000, height: 10_000 }
    await expect(pictures.scaled(await halves(), asked)).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
    })
  })
})

describe('a preview', () => {
  const show = async (bytes: Uint8Array, protocol: Protocol): Promise<string> =>
    previewOf(
      { kind: 'image', mime: 'image/png', name: 'halves.png', bytes },
      { columns: 20, rows: 5, protocol, colours: 'true', pictures },
    )

  test('by kitty is the picture, as another decoder sees it', async () => {
    const text = await show(await halves(400, 200), 'kitty')
    const pieces = [...text.matchAll(/\p{Cc}_G[^;]*;([^\p{Cc}]*)/gu)].map(([, data]) => data)
    const png = sharp(Buffer.from(pieces.join(''), 'base64'))
    const { data, info } = await png.raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([200, 100, 4])
    expect([...data.subarray(0, 4)]).toEqual([255, 0, 0, 255])
    expect([...data.subarray(-4)]).toEqual([0, 0, 255, 255])
    expect(text).toMatch(/halves\.png, image\/png, [^\n]*400 x 200 pixels\n$/)
  })

  test('by blocks takes the cells that it may', async () => {
    const lines = (await show(await halves(400, 200), 'blocks')).trimEnd().split('\n')
    expect(lines).toHaveLength(6)
    expect(lines[0]!.match(/▀/g)).toHaveLength(20)
  })

  test('of what is damaged is its facts and the reason', async () => {
    const text = await show((await halves()).subarray(0, 60), 'sixel')
    expect(text).not.toContain('\u001B')
    expect(text).toMatch(/^halves\.png, .*\n.*damaged/)
  })
})

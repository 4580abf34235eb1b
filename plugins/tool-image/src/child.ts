// The program of the child process: one image on stdin, one answer on stdout.
import { readFileSync, writeSync } from 'node:fs'
import sharp from 'sharp'
import type { Metadata, Sharp } from 'sharp'
import { changed } from './change.ts'
import { pack, unpack } from './work.ts'
import type { Answer, Facts, Work } from './work.ts'

const LOADERS = ['JpegBuffer', 'PngBuffer', 'WebpBuffer', 'NsgifBuffer']

// Whatever else the library can read is refused in the library itself: SVG reads files and never ends.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: LOADERS.map((name) => `VipsForeignLoad${name}`) })
sharp.cache(false)
sharp.concurrency(1)

const { head: work, bytes } = unpack<Work>(readFileSync(0))
write(await answer(work, bytes))

async function answer(asked: Work, source: Uint8Array): Promise<Uint8Array> {
  try {
    const image = open(source, asked)
    const metadata = await image.metadata()
    if (asked.operation === 'info') return pack({ ok: true, facts: factsOf(metadata) })
    if (asked.operation === 'pixels') return await pixels(asked, metadata, image)
    return await made(asked, metadata, image)
  } catch (error) {
    return pack(fault(error as Error))
  }
}

function open(source: Uint8Array, { maxPixels }: Work): Sharp {
  return sharp(source, {
    limitInputPixels: maxPixels,
    failOn: 'warning',
    sequentialRead: true,
    pages: 1,
  })
}

async function made(asked: Work, metadata: Metadata, image: Sharp): Promise<Uint8Array> {
  const change = changed(asked, metadata, image)
  if ('fault' in change) return pack({ ok: false, ...change })
  const { data, info } = await change.image.toBuffer({ resolveWithObject: true })
  const { width, height } = info
  return pack({ ok: true, facts: { format: change.format, width, height } }, data)
}

async function pixels(
  { width, height }: Work,
  metadata: Metadata,
  image: Sharp,
): Promise<Uint8Array> {
  const { data, info } = await image
    .autoOrient()
    .resize(width!, height!, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const format = metadata.format as Facts['format']
  return pack({ ok: true, facts: { format, width: info.width, height: info.height } }, data)
}

function factsOf(metadata: Metadata): Facts {
  const { autoOrient, channels, hasAlpha, orientation, density, space } = metadata
  const blocks = (['exif', 'icc', 'iptc', 'xmp'] as const).filter((name) => metadata[name])
  return {
    format: metadata.format as Facts['format'],
    width: autoOrient.width,
    height: autoOrient.height,
    channels,
    alpha: hasAlpha,
    frames: metadata.pages ?? 1,
    ...(orientation === undefined ? {} : { orientation }),
    ...(density === undefined ? {} : { density }),
    colour: space,
    metadata: blocks,
  }
}

function fault({ message }: Error): Answer {
  const pixels = /pixel limit/i.test(message)
  return { ok: false, fault: pixels ? 'pixels' : 'damaged', found: message.split('\n')[0]! }
}

/** A pipe takes what it has room for. */
function write(whole: Uint8Array): void {
  for (let at = 0; at < whole.byteLength;) {
    try {
      at += writeSync(1, whole, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}

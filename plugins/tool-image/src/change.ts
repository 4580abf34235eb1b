import type { Metadata, Sharp } from 'sharp'
import type { Answer, Facts, Work } from './work.ts'

/** The image with its change, not yet made; or what stands against it. */
export type Change =
  | { readonly image: Sharp; readonly format: Facts['format'] }
  | Omit<Extract<Answer, { ok: false }>, 'ok'>

/** Orientation first, so that sides and corners are those that people see. */
export function changed(work: Work, metadata: Metadata, image: Sharp): Change {
  const outside = areaFault(work, metadata.autoOrient)
  if (outside) return outside
  const format = work.format ?? (metadata.format as Facts['format'])
  const turned = apply(work, image.autoOrient())
  const kept = work.keep_metadata ? turned.keepMetadata() : turned
  const { quality = 80 } = work
  const lossy = format === 'jpeg' || format === 'webp'
  return { image: kept.toFormat(format, lossy ? { quality } : {}), format }
}

function apply({ operation, width, height, fit, left, top, angle }: Work, image: Sharp): Sharp {
  switch (operation) {
    case 'resize':
      return image.resize(width ?? null, height ?? null, { fit: fit ?? 'inside' })
    case 'crop':
      return image.extract({ left: left!, top: top!, width: width!, height: height! })
    case 'rotate':
      return image.rotate(angle, { background: '#00000000' })
    default:
      return image
  }
}

function areaFault(
  { operation, left = 0, top = 0, width = 0, height = 0 }: Work,
  whole: { readonly width: number; readonly height: number },
): Omit<Extract<Answer, { ok: false }>, 'ok'> | undefined {
  if (operation !== 'crop') return undefined
  if (left + width <= whole.width && top + height <= whole.height) return undefined
  return { fault: 'area', found: `an image of ${whole.width} x ${whole.height} pixels` }
}

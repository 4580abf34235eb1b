/** The number of values in a document, itself included; counting ends past `most`. */
export function sizeOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let size = 1
  for (const part of Object.values(value)) {
    size += sizeOf(part, most - size)
    if (size > most) break
  }
  return size
}

/** Levels of arrays and objects; counting ends past `most`. */
export function depthOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (most <= 0) return 1
  let deepest = 0
  for (const part of Object.values(value)) deepest = Math.max(deepest, depthOf(part, most - 1))
  return deepest + 1
}

import type { Pixels } from '@llmspell/sdk'

/** Few colours for many: each colour of five bits a part has its place in a palette. */
export interface Palette {
  /** Red, green and blue, 0 to 255. */
  readonly colours: readonly (readonly number[])[]
  /** By {@link bucketOf}. */
  readonly places: Uint8Array
}

/** Pixels of one bucket: how many, and the sum of each part. */
interface Bucket {
  readonly id: number
  count: number
  readonly sums: [number, number, number]
}

const BUCKETS = 1 << 15

export const bucketOf = (red: number, green: number, blue: number): number =>
  ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3)

/** Median cut: the box with the most in it is halved until there are enough. Clear pixels have no say. */
export function paletteOf(pixels: Pixels, most: number): Palette {
  const all = bucketsOf(pixels)
  const boxes = all.length === 0 ? [] : [all]
  while (boxes.length < most && halve(boxes));
  const places = new Uint8Array(BUCKETS)
  boxes.forEach((box, place) => box.forEach(({ id }) => (places[id] = place)))
  return { colours: boxes.map(mean), places }
}

function bucketsOf({ rgba }: Pixels): Bucket[] {
  const found = new Map<number, Bucket>()
  for (let at = 0; at < rgba.length; at += 4) {
    if (rgba[at + 3]! < 128) continue
    const id = bucketOf(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!)
    const bucket = found.get(id) ?? { id, count: 0, sums: [0, 0, 0] }
    bucket.count++
    for (let part = 0; part < 3; part++) bucket.sums[part]! += rgba[at + part]!
    found.set(id, bucket)
  }
  return [...found.values()]
}

const countOf = (box: readonly Bucket[]): number => box.reduce((sum, { count }) => sum + count, 0)
const levelOf = ({ sums, count }: Bucket, part: number): number => sums[part]! / count

/** False where no box has two colours. */
function halve(boxes: Bucket[][]): boolean {
  const weights = boxes.map((box) => (box.length < 2 ? 0 : countOf(box)))
  const at = weights.indexOf(Math.max(...weights))
  if (at < 0 || weights[at] === 0) return false
  const box = boxes[at]!
  const part = widest(box)
  box.sort((one, other) => levelOf(one, part) - levelOf(other, part))
  boxes.push(box.splice(middle(box, weights[at]! / 2)))
  return true
}

function widest(box: readonly Bucket[]): number {
  const spans = [0, 1, 2].map((part) => {
    const levels = box.map((bucket) => levelOf(bucket, part))
    return levels.reduce((a, b) => Math.max(a, b)) - levels.reduce((a, b) => Math.min(a, b))
  })
  return spans.indexOf(Math.max(...spans))
}

/** Where half of the pixels lie before; something stays on both sides. */
function middle(box: readonly Bucket[], half: number): number {
  let sum = 0
  const found = box.findIndex(({ count }) => (sum += count) >= half)
  return Math.max(1, Math.min(found + 1, box.length - 1))
}

function mean(box: readonly Bucket[]): readonly number[] {
  const count = countOf(box)
  return [0, 1, 2].map((part) => box.reduce((sum, { sums }) => sum + sums[part]!, 0) / count)
}

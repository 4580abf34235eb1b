const LEAF = 256

interface Leaf {
  /** Of which view on it may be changed in place. */
  readonly age: number
  readonly keys: string[]
  readonly values: Buffer[]
}

/** Rows in order, in leaves; a view holds the leaves of its time, and what is changed after it is changed in copies. */
export class SortedRows {
  #leaves: Leaf[] = [{ age: 0, keys: [], values: [] }]
  #shared = false
  #age = 0
  bytes = 0

  /** The leaves as they are, for ever. */
  freeze(): readonly Leaf[] {
    this.#shared = true
    this.#age++
    return this.#leaves
  }

  get leaves(): readonly Leaf[] {
    return this.#leaves
  }

  set(key: string, value: Buffer): void {
    const [leaf, n] = this.#own(key)
    const at = lowerBound(leaf.keys, key)
    if (leaf.keys[at] === key) {
      this.bytes += value.length - leaf.values[at]!.length
      leaf.values[at] = value
      return
    }
    leaf.keys.splice(at, 0, key)
    leaf.values.splice(at, 0, value)
    this.bytes += key.length + value.length
    if (leaf.keys.length > LEAF) this.#split(leaf, n)
  }

  delete(key: string): void {
    if (get(this.#leaves, key) === undefined) return
    const [leaf, n] = this.#own(key)
    const at = lowerBound(leaf.keys, key)
    this.bytes -= key.length + leaf.values[at]!.length
    leaf.keys.splice(at, 1)
    leaf.values.splice(at, 1)
    if (leaf.keys.length === 0 && this.#leaves.length > 1) this.#leaves.splice(n, 1)
  }

  #own(key: string): [Leaf, number] {
    if (this.#shared) this.#leaves = [...this.#leaves]
    this.#shared = false
    const n = leafOf(this.#leaves, key)
    const leaf = this.#leaves[n]!
    if (leaf.age === this.#age) return [leaf, n]
    const own = { age: this.#age, keys: [...leaf.keys], values: [...leaf.values] }
    this.#leaves[n] = own
    return [own, n]
  }

  #split(leaf: Leaf, n: number): void {
    const half = leaf.keys.length >> 1
    const right = { age: this.#age, keys: leaf.keys.splice(half), values: leaf.values.splice(half) }
    this.#leaves.splice(n + 1, 0, right)
  }
}

export function get(leaves: readonly Leaf[], key: string): Buffer | undefined {
  const leaf = leaves[leafOf(leaves, key)]!
  const at = lowerBound(leaf.keys, key)
  return leaf.keys[at] === key ? leaf.values[at] : undefined
}

export function* between(
  leaves: readonly Leaf[],
  range: { readonly gte: string; readonly lt: string; readonly reverse: boolean },
): Generator<readonly [string, Buffer]> {
  if (range.gte >= range.lt) return
  const from = leafOf(leaves, range.gte)
  const to = leafOf(leaves, range.lt)
  const step = range.reverse ? -1 : 1
  for (let n = range.reverse ? to : from; n >= from && n <= to; n += step) {
    const { keys, values } = leaves[n]!
    const low = lowerBound(keys, range.gte)
    const high = lowerBound(keys, range.lt)
    for (let i = range.reverse ? high - 1 : low; i >= low && i < high; i += step)
      yield [keys[i]!, values[i]!]
  }
}

/** The last leaf that begins at or before a key. */
function leafOf(leaves: readonly Leaf[], key: string): number {
  let low = 0
  let high = leaves.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    const first = leaves[middle]!.keys[0]
    if (first !== undefined && first <= key) low = middle
    else high = middle - 1
  }
  return low
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

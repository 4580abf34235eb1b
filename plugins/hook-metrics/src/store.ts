import { BOUNDS, bucketOf } from './buckets.ts'
import type { Labels, Measured, MetricsSnapshot } from './types.ts'

/** Series in all: whoever makes up names fills no memory. */
const MOST = 10_000

interface Cell {
  readonly name: string
  readonly labels: Labels
}

/** A number that only grows. */
export class Counter {
  value = 0
  written = 0

  add(by = 1): void {
    if (by > 0) this.value += by
  }
}

/** Times by size. */
export class Histogram {
  readonly buckets: number[] = Array.from({ length: BOUNDS.length + 1 }, () => 0)
  count = 0
  sum = 0
  written: Pick<Measured, 'buckets' | 'count' | 'sum'> = { buckets: [], count: 0, sum: 0 }

  observe(seconds: number): void {
    if (!(seconds >= 0)) return
    this.buckets[bucketOf(seconds)]!++
    this.count++
    this.sum += seconds
  }

  add({ buckets, count, sum }: Pick<Measured, 'buckets' | 'count' | 'sum'>): void {
    this.buckets.forEach((_, i) => (this.buckets[i]! += buckets[i] ?? 0))
    this.count += count
    this.sum += sum
  }
}

/** All series of a process, or of many lines of files. */
export class Store {
  readonly #counters = new Map<string, Cell & { readonly cell: Counter }>()
  readonly #histograms = new Map<string, Cell & { readonly cell: Histogram }>()

  counter(name: string, labels: Labels): Counter {
    return cellOf(this.#counters, name, labels, () => new Counter())
  }

  histogram(name: string, labels: Labels): Histogram {
    return cellOf(this.#histograms, name, labels, () => new Histogram())
  }

  snapshot(): MetricsSnapshot {
    const counters = [...this.#counters.values()].map(({ name, labels, cell }) => {
      return { name, labels, value: cell.value }
    })
    const histograms = [...this.#histograms.values()].map(({ name, labels, cell }) => {
      return { name, labels, count: cell.count, sum: cell.sum, buckets: [...cell.buckets] }
    })
    return { counters, histograms }
  }

  add({ counters, histograms }: MetricsSnapshot): void {
    for (const { name, labels, value } of counters) this.counter(name, labels).add(value)
    for (const row of histograms) this.histogram(row.name, row.labels).add(row)
  }

  /** What has come since the last `written`. */
  fresh(): MetricsSnapshot {
    const counters = [...this.#counters.values()].flatMap(({ name, labels, cell }) => {
      const value = cell.value - cell.written
      return value > 0 ? [{ name, labels, value }] : []
    })
    const histograms = [...this.#histograms.values()].flatMap(({ name, labels, cell }) =>
      cell.count > cell.written.count ? [{ name, labels, ...grown(cell) }] : [],
    )
    return { counters, histograms }
  }

  /** These are on disk. */
  written({ counters, histograms }: MetricsSnapshot): void {
    for (const { name, labels, value } of counters) this.counter(name, labels).written += value
    for (const row of histograms) {
      const cell = this.histogram(row.name, row.labels)
      const { buckets, count, sum } = cell.written
      cell.written = {
        buckets: row.buckets.map((more, i) => (buckets[i] ?? 0) + more),
        count: count + row.count,
        sum: sum + row.sum,
      }
    }
  }
}

function grown({ buckets, count, sum, written }: Histogram): Omit<Measured, 'name' | 'labels'> {
  return {
    buckets: buckets.map((all, i) => all - (written.buckets[i] ?? 0)),
    count: count - written.count,
    sum: sum - written.sum,
  }
}

function cellOf<C>(
  cells: Map<string, Cell & { readonly cell: C }>,
  name: string,
  labels: Labels,
  make: () => C,
): C {
  const key = keyOf(name, labels)
  const found = cells.get(key)
  if (found) return found.cell
  if (cells.size < MOST) {
    const cell = make()
    cells.set(key, { name, labels, cell })
    return cell
  }
  // One more than the most, for all that came too late.
  const late = { name, labels: { rest: 'true' } }
  const rest = cells.get(keyOf(name, late.labels)) ?? { ...late, cell: make() }
  cells.set(keyOf(name, late.labels), rest)
  return rest.cell
}

function keyOf(name: string, labels: Labels): string {
  return `${name} ${JSON.stringify(Object.entries(labels))}`
}

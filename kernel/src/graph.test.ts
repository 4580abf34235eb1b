import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findCycle, findPath, topologicalOrder } from './graph.ts'

const needsOf = (graph: Readonly<Record<string, readonly string[]>>) => (id: string) =>
  graph[id] ?? []

/** Graphs without rings: each node needs only nodes of smaller number. */
const acyclic = fc
  .array(fc.array(fc.nat(20), { maxLength: 4 }), { minLength: 1, maxLength: 20 })
  .map((rows) =>
    Object.fromEntries(
      rows.map((row, index) => [
        `n${index}`,
        [...new Set(row.filter((other) => other < index))].map((n) => `n${n}`),
      ]),
    ),
  )

describe('order', () => {
  test('puts everything before what needs it, and keeps the rest as given', () => {
    const needs = needsOf({ a: ['c'], b: [], c: [] })
    expect(topologicalOrder(['a', 'b', 'c'], needs)).toEqual(['c', 'a', 'b'])
  })

  test('holds for every graph without rings', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        const order = topologicalOrder(Object.keys(graph).reverse(), needsOf(graph))
        expect([...order].sort()).toEqual(Object.keys(graph).sort())
        for (const [id, needs] of Object.entries(graph)) {
          for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(id))
        }
      }),
    )
  })
})

describe('rings', () => {
  test('are found with their path', () => {
    const needs = needsOf({ a: ['b'], b: ['c'], c: ['b'] })
    expect(findCycle(['a', 'b', 'c'], needs)).toEqual(['b', 'c', 'b'])
  })

  test('of one are found', () => {
    expect(findCycle(['a'], needsOf({ a: ['a'] }))).toEqual(['a', 'a'])
  })

  test('are not found where there are none', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        expect(findCycle(Object.keys(graph), needsOf(graph))).toBeUndefined()
      }),
    )
  })
})

describe('a path', () => {
  test('is the shortest, with both ends', () => {
    const needs = needsOf({ a: ['b', 'd'], b: ['c'], c: ['d'] })
    expect(findPath('a', 'd', needs)).toEqual(['a', 'd'])
    expect(findPath('a', 'a', needs)).toEqual(['a'])
    expect(findPath('d', 'a', needs)).toBeUndefined()
  })
})

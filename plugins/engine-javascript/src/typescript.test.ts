import { expect, test } from 'vitest'
import { isModule } from './scan.ts'
import { plainSource } from './typescript.ts'

test('types become spaces', () => {
  expect(plainSource('let a: number = 1', 'a.ts')).toBe('let a         = 1')
})

test('a source that is nested too deep is refused before it breaks the stripper', () => {
  const deep = `export const y=${'('.repeat(30_000)}1${')'.repeat(30_000)}`
  const angles = `let y: ${'Array<'.repeat(20_000)}1${'>'.repeat(20_000)}`
  for (const source of [deep, angles]) {
    expect(() => plainSource(source, 'deep.ts')).toThrow(
      expect.objectContaining({ code: 'SCRIPT_SYNTAX', where: { file: 'deep.ts', line: 1 } }),
    )
  }
  expect(plainSource('let a: number = 1', 'a.ts')).toBe('let a         = 1')
})

test('many comparisons are no nesting', () => {
  const source = 'if (a < b) { f() }\n'.repeat(3000)
  expect(plainSource(source, 'a.ts')).toBe(source)
})

test('a line of patterns that never end is read in time', () => {
  const started = performance.now()
  isModule(`//import\n${'=/['.repeat(70_000)}`)
  expect(performance.now() - started).toBeLessThan(3000)
})

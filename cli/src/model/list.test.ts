import { expect, test } from 'vitest'
import { barText, PullBar } from './bar.ts'
import { modelTable } from './list.ts'
import type { ModelRow } from './service.ts'
import { bytesText, costText, priceText, tokensText } from './texts.ts'

const row = (id: string, more: Partial<ModelRow> = {}): ModelRow => ({
  id,
  provider: 'p',
  mock: false,
  capabilities: ['streaming', 'tools'],
  ...more,
})
const noPaint = (_style: unknown, text: string) => text

test('a long name has a line of its own, and no line is too wide', () => {
  const long = `p/${'long-name-'.repeat(5)}`
  const everything = ['tools', 'schema', 'reasoning', 'image', 'audio', 'video', 'pdf']
  const rows = [
    row('p/short', { context: 128_000, price_in: 0.15 }),
    row(long, { capabilities: everything }),
  ]
  const lines = modelTable(rows, noPaint).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(lines[1]).toMatch(/^p\/short +128k +\$0\.15 +- +tools$/)
  expect(lines[2]).toBe(long)
  expect(lines[3]).toMatch(/^ +- +- +- +tools, schema/)
})

test('a mock is labelled, and nothing found is said', () => {
  expect(modelTable([row('mock/demo', { mock: true })], noPaint)).toContain('(mock) tools')
  expect(modelTable([], noPaint)).toBe('No model fits.\n')
  expect(modelTable([row('p/\u001B[31mred')], noPaint)).toContain('p/red')
})

test('numbers are short', () => {
  expect([undefined, 512, 131_072, 1_047_576].map(tokensText)).toEqual([
    '-',
    '512',
    '131k',
    '1.05M',
  ])
  expect([undefined, 0, 0.15, 60].map(priceText)).toEqual(['-', 'free', '$0.15', '$60'])
  expect([0, 1e-9, 0.0123].map(costText)).toEqual(['no cost known', 'under $0.000001', '$0.012300'])
  expect([12, 2_019_393_189].map(bytesText)).toEqual(['12 B', '2.0 GB'])
})

test('a bar fits its terminal', () => {
  const progress = { status: 'pulling 6a0746a1ec1a', done: 500_000_000, total: 2_000_000_000 }
  expect(barText(progress)).toBe(
    'pulling 6a0746a1ec1a  ██████░░░░░░░░░░░░░░░░░░  25%  500.0 MB of 2.0 GB',
  )
  expect(barText({ status: 'verifying' })).toBe('verifying')
  expect(() => new PullBar(80).end()).not.toThrow()
})

import { expect, test } from 'vitest'
import { inline } from '../test/plugins.ts'
import { formatReport } from './report-text.ts'
import { withKernel } from './testing.ts'

test('the report is a tree of 80 columns with states, failures and what to do', async () => {
  const broken = inline('broken', { activation: 'startup' }, () =>
    Promise.reject(
      new Error(`this text is longer than a line of a terminal, ${'very '.repeat(12)}much so`),
    ),
  )
  const late = inline('late', { phase: 'globals', contributes: { thngs: [{ name: 'x' }] } })
  const invalid = inline('invalid', { phase: 'tea' as never })
  await withKernel([broken, late, invalid, '/not/there'], (kernel) => {
    const text = formatReport(kernel.report())
    const lines = text.split('\n')
    expect(lines.every((line) => line.length <= 80)).toBe(true)
    expect(lines[0]).toBe('kernel 0.2.0: 4 plugins, 1 imported')
    expect(lines.filter((line) => !line.startsWith(' ')).map((line) => line.split(' ')[0])).toEqual(
      ['kernel', 'core', 'globals', 'not', 'warnings'],
    )
    expect(text).toContain('broken 0.0.0                     failed')
    expect(text).toContain('PLUGIN_SETUP (setup)')
    expect(text).toContain('late 0.0.0                       resolved')
    expect(text).toContain('→ Install it, or take it off the list.')
  })
})

test('names that were not registered are shown', async () => {
  const lazy = inline('lazy', { activation: 'startup', provides: { a: '1.0.0' } }, () => undefined)
  await withKernel([lazy], (kernel) =>
    expect(formatReport(kernel.report())).toContain("not registered: service 'a'"),
  )
})

test('a report is plain data', async () => {
  await withKernel([inline('a', { activation: 'startup' })], (kernel) => {
    const report = kernel.report()
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(report).toMatchObject({ startedAt: expect.stringMatching(/^\d{4}-/), imports: 1 })
    expect(report.phases.map(({ phase }) => phase)).toHaveLength(5)
  })
})

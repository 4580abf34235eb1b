import { ThreadPool } from '../../sandbox/src/threads/pool.ts'
import type { Value } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import plugin from './index.ts'

const main = new URL('../../sandbox/src/threads/thread-main.ts', import.meta.url)
const workers = new ThreadPool(main)
const services = { workers }
const options = { package: new URL('../', import.meta.url), plugin, name: 'template', services }

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})
afterAll(() => workers.close())

async function fill(template: string, values: Value = {}, more: object = {}): Promise<unknown> {
  const input = { template, values, ...more }
  return bench.run(input).then(
    ({ text }) => text,
    (error: unknown) => error,
  )
}

describe('what is filled', () => {
  test.each([
    ['{{ a.b[1] }}', { a: { b: [1, 2] } }, '2'],
    ['{% if none %}a{% else %}b{% endif %}', {}, 'b'],
    ['{{ none | default: "x" }}', {}, 'x'],
    ['{{ list | join: "-" | upcase }}', { list: ['a', 'b'] }, 'A-B'],
    ['{{ "2024-03-05T10:00:00+02:00" | date: "%H:%M" }}', {}, '08:00'],
    ['{{ text }}', { text: '{{ other }}' }, '{{ other }}'],
    ['{% raw %}{{ a }}{% endraw %}', {}, '{{ a }}'],
  ])('%s with %j is %j', async (template, values, text) => {
    expect(await fill(template, values)).toBe(text)
  })

  test('html is escaped where asked, once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a') }),
        async (text) => {
          const found = (await fill('{{ text }}', { text }, { escape: 'html' })) as string
          expect(found).not.toMatch(/[<>"']/)
          expect(await fill('{{ text | raw }}', { text }, { escape: 'html' })).toBe(text)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('what is refused', () => {
  test.each([
    ['{{ nmae }}', 'TEMPLATE_NAME', "Did you mean 'name'?"],
    ['a\n {{ name | upcse }}', 'TEMPLATE_SYNTAX', 'Correct the template there.'],
    ['{% if name %}', 'TEMPLATE_SYNTAX', 'Correct the template there.'],
    ['{{ name', 'TEMPLATE_SYNTAX', 'Correct the template there.'],
    ['{% nosuchtag %}', 'TEMPLATE_SYNTAX', 'Correct the template there.'],
    ['{% include "a" %}', 'TEMPLATE_SYNTAX', 'Correct the template there.'],
    ['{{ "now" | date: "%Y" }}', 'TEMPLATE_FAILED', 'Correct the values, or the template there.'],
  ])('%j: %s', async (template, code, hint) => {
    expect(await fill(template, { name: 'Ada' })).toMatchObject({ code, hint })
  })

  test('with its place', async () => {
    expect(await fill('one\n  {{ nmae }}', { name: 'Ada' })).toMatchObject({
      message: "The template names 'nmae' at line 2, column 6, which has no value.",
      details: { line: 2, column: 6, name: 'nmae' },
    })
  })

  test('unless it may be lax', async () => {
    const lax = { strict_variables: false, strict_filters: false }
    expect(await fill('<{{ none }}{{ "a" | nosuch }}>', {}, lax)).toBe('<a>')
  })
})

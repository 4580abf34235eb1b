import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { engines, openAll, type Engine } from './engines.ts'
import { arrived, inJavaScript, inLua, type Data } from './literal.ts'

const house = await openAll()
const ENGINES = await engines()
afterAll(() => house.kernel.stop())

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype', '$llmspell'])
const text = fc.string({ unit: 'binary', maxLength: 12 })
const key = text.filter((name) => !FORBIDDEN.has(name))
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  fc.constantFrom(0, -0, 1, -1, 0.1, 2 ** 53 - 1, 1 - 2 ** 53, 5e-324),
)
const { tree } = fc.letrec<{ tree: Data }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), number, text),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}))

/** What comes back of a script that sends values to the host, and gives back what it got. */
async function through({ name, language }: Engine, values: readonly Data[]): Promise<unknown> {
  const lua = language === 'lua'
  const literal = lua ? inLua(values) : inJavaScript(values)
  const source = `${lua ? 'return' : 'return await'} Probe.echo(${literal})`
  const request = { source, file: 'values', engine: name, limits: { timeMs: 20_000 } }
  const { value, journal } = await house.runtime.run(request)
  const [sent] = journal[0]!.args as readonly unknown[]
  return { sent, value }
}

describe.each(ENGINES)('values in $name', (engine) => {
  const { name, language } = engine

  test('reach the host and come back as they were', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { minLength: 1, maxLength: 6 }), async (values) => {
        const found = await through(engine, values)
        // Null can be sent as such; it is only in what comes back that Lua lacks it.
        expect(arrived(found, language)).toEqual({
          sent: arrived(values, language),
          value: arrived(values, language),
        })
      }),
      { numRuns: 60 },
    )
  })

  test.each<[string, string, string]>([
    ['NaN', '0/0', 'NaN'],
    ['infinity', '1/0', 'Infinity'],
    ['a larger whole number', '(math.maxinteger > 2^53 and math.maxinteger or 0/0)', '1n << 60n'],
    ['text that is no text', '"\\255"', '"\\ud800"'],
    ['a mixed table', '{ 1, a = 2 }', 'Symbol()'],
  ])('refuse %s at any place', { timeout: 60_000 }, async (_, lua, javascript) => {
    const bad = language === 'lua' ? lua : javascript
    const forms =
      language === 'lua'
        ? [bad, `{ ${bad} }`, `{ a = { ${bad} } }`]
        : [bad, `[${bad}]`, `{ a: [${bad}] }`]
    for (const form of forms) {
      const source = `${language === 'lua' ? '' : 'await '}Probe.echo(${form})`
      const run = house.runtime.run({ source, file: 'values', engine: name })
      await expect(run).rejects.toMatchObject({ code: 'VALUE_UNSUPPORTED' })
    }
  })
})

import { openEngineHost } from '@llmspell/sdk/testing'
import { expect, it } from 'vitest'
import { engine } from './index.ts'

const FILES: Readonly<Record<string, string>> = {
  './data.json': '{ "a": [1], "__proto__": { "b": 2 } }',
  './bad.json': '{\n  "a": 1,\n  b\n}',
  './bad.cjs': 'const a = 1\nconst = 2',
  './first.cjs': 'const = 2',
  './module.mjs': 'const a = 1\nexport default a',
}

const open = () =>
  openEngineHost(engine, 'main.js', {
    functions: {
      'Run.load_module': async ({ args: [name] }) => ({
        file: (name as string).slice(2),
        source: FILES[name as string]!,
      }),
    },
  })

it.each([
  ['bad.json', { line: 3 }, undefined],
  ['bad.cjs', { line: 2 }, undefined],
  ['first.cjs', { line: 1, column: 7 }, undefined],
  ['module.mjs', { line: 2 }, 'Use import.'],
])('a required %s that does not parse fails and can be caught', async (file, place, hint) => {
  const { session } = await open()
  const source = `require("./${file}")`
  const error = { code: 'SCRIPT_SYNTAX', where: { file, ...place }, ...(hint && { hint }) }
  await expect(session.run({ source, file: 'main.js' })).rejects.toMatchObject(error)
  const caught = `try { ${source} } catch (error) { return error.code }`
  expect(await session.run({ source: caught, file: 'main.js' })).toBe('SCRIPT_SYNTAX')
})

it('a required JSON file is its value', async () => {
  const { session } = await open()
  const source = 'const d = require("./data.json"); return [d.a, Object.keys(d), d.b]'
  expect(await session.run({ source, file: 'main.js' })).toEqual([[1], ['a', '__proto__'], null])
})

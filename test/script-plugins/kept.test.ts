// Script plugins in runs that live long: a REPL, and a run with a journal.
import { describe, expect, test } from 'vitest'
import { openScripts, plugin } from './house.ts'

const HEADER = { contributes: { tools: [{ description: 'Counts', input: {} }] } }
const PLUGINS = {
  'ours.lua': plugin(
    'lua',
    HEADER,
    'local n = 0 return { tools = { ours = function() n = n + 1 return "called " .. n end } }',
  ),
  'ours.js': plugin(
    'javascript',
    HEADER,
    'let n = 0\nexport default { tools: { ours: () => `called ${++n}` } }',
  ),
}
const ENTRY = { lua: 'Tool.ours{}.text', javascript: '(await Tool.ours({})).text' }
const ENGINES = [
  ['lua', 'ours.js'],
  ['javascript', 'ours.lua'],
] as const

describe.each(ENGINES)('in %s, %s', (engine, name) => {
  test('serves one entry of a REPL after the other', async () => {
    await using house = await openScripts({ [name]: PLUGINS[name] })
    await using run = await house.runtime.interactive({ engine })
    for (const nth of [1, 2])
      expect(await run.evaluate(ENTRY[engine])).toMatchObject({ values: [`called ${nth}`] })
  })

  test('is called once in the life of a durable run', async () => {
    await using house = await openScripts(
      { [name]: PLUGINS[name] },
      { plugins: { state: { store: 'memory' } } },
    )
    const request = {
      source: `return ${ENTRY[engine]}`,
      file: engine === 'lua' ? 'script.lua' : 'script.js',
      engine,
      durable: { runId: 'r' },
    }
    expect(await house.runtime.run(request)).toMatchObject({ value: 'called 1' })
    const { report, result } = await house.runtime.replay('r')
    expect([report.identical, result?.value]).toEqual([true, 'called 1'])
    // The replay asked nobody: the next call is the second.
    expect((await house.lua('return Tool.ours{}.text')).value).toBe('called 2')
  })
})

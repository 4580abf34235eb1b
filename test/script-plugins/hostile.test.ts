import { expect, test } from 'vitest'
import rows from '../corpus/script-plugins.json' with { type: 'json' }
import { openScripts, plugin } from './house.ts'

interface Row {
  readonly name: string
  readonly codes: readonly string[]
  /** What the tool does, what stands before it, or the whole file. */
  readonly code?: string
  readonly main?: string
  readonly whole?: string
  /** It is the run that ends. */
  readonly ends?: boolean
}

const GOOD = plugin(
  'lua',
  { contributes: { tools: [{ description: 'x', input: {} }] } },
  'return { tools = { good = function() return "fine" end } }',
)

/** Only what is to be ended by its time has little of it. */
function headerOf({ codes }: Row): object {
  const limit = codes.includes('TIMEOUT') ? { timeoutMs: 400 } : {}
  return { contributes: { tools: [{ description: 'x', input: {}, ...limit }] } }
}

function textOf(row: Row): string {
  const { main = '', code = 'return 1', whole } = row
  const file = whole ?? `${main}\nreturn { tools = { ours = function(input, call) ${code} end } }`
  return plugin('lua', headerOf(row), file)
}

test.each(rows as readonly Row[])('$name costs the call and nothing else', async (row) => {
  await using house = await openScripts({ 'ours.lua': textOf(row), 'good.lua': GOOD })
  const source =
    'local ok, err = pcall(Tool.ours, {}) return ok and (err.error and err.error.code or err.text) or err.code'
  const ended = await house.lua(source).then(
    ({ value }) => value,
    ({ code }: { code: string }) => code,
  )
  expect(row.codes).toContain(ended)
  const { value } = await house.lua('return Tool.good{}.text')
  expect(value).toBe('fine')
})

test('a plugin that has to be ended again and again is given up for a while', async () => {
  const tools = [
    { name: 'hang', description: 'x', input: {}, timeoutMs: 300 },
    { name: 'answer', description: 'x', input: {} },
  ]
  const code =
    'local n = 0 return { tools = { hang = function() while true do end end, answer = function() n = n + 1 return n end } }'
  await using house = await openScripts(
    { 'ours.lua': plugin('lua', { contributes: { tools } }, code) },
    { plugins: { 'script-plugins': { sessions: 1 } } },
  )
  const { value } = await house.lua(`
    local said = { Tool.answer{}.result, Tool.answer{}.result }
    for _ = 1, 3 do
      local _, hung = pcall(Tool.hang, {})
      said[#said + 1] = hung.code
      local ok, answer = pcall(Tool.answer, {})
      said[#said + 1] = ok and answer.result or answer.code
    end
    return said`)
  expect(value).toEqual([1, 2, 'TIMEOUT', 1, 'TIMEOUT', 1, 'TIMEOUT', 'SCRIPT_PLUGIN_FAILED'])
})

test('calls at one time have a session each, as many as there may be, and the others wait', async () => {
  const code = `local here = 0
return { tools = { ours = function() here = here + 1 Run.sleep(30) here = here - 1 return here end } }`
  const header = { contributes: { tools: [{ description: 'x', input: {} }] } }
  await using house = await openScripts(
    { 'ours.lua': plugin('lua', header, code) },
    { plugins: { 'script-plugins': { sessions: 2 } } },
  )
  const { value } = await house.lua(
    'return Async.map({ 1, 2, 3, 4, 5, 6 }, function() return Tool.ours{}.result end, { max_concurrency = 6 })',
  )
  expect(value).toEqual([0, 0, 0, 0, 0, 0])
})

test('a house that stops in the middle of a call ends it', async () => {
  const code = 'Log.warn("begun") while true do end'
  const house = await openScripts({ 'ours.lua': textOf({ name: '', codes: [], code }) })
  const begun = Promise.withResolvers<void>()
  const ended = house
    .lua('return Tool.ours{}', { log: () => begun.resolve() })
    .catch((error: { code: string }) => error.code)
  await begun.promise
  await house[Symbol.asyncDispose]()
  expect(['CANCELLED', 'SESSION_KILLED', 'PLUGIN_DISPOSED']).toContain(await ended)
})

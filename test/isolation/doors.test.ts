import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRuntime, type Runtime } from '@llmspell/runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { envelope, llmspell } from '../cli/support.ts'
import { debianProgram } from '../support/debian.ts'
import { installed, newFolder } from '../support/isolation.ts'

const folder = newFolder()
const bubblewrap = debianProgram('bubblewrap', 'bwrap').path ?? '/no-such/bwrap'
const allow = { read: [folder], unjailed: ['*'] }
const config = { plugins: { sandbox: { bubblewrap }, 'provider-mock': { delay_ms: 0 } } }
/** The same plugin folder twice: where a person trusts the plugin, and where nobody does. */
const homes = { inside: join(folder, 'inside'), apart: join(folder, 'apart') }
const runtimes: { inside?: Runtime; apart?: Runtime } = {}

beforeAll(() => {
  const entries = { inside: { trusted: true }, apart: { host: 'process' } }
  for (const place of ['inside', 'apart'] as const) {
    const plugins = installed(join(homes[place], 'plugins'), entries[place]).folder
    runtimes[place] = createRuntime({ folder: plugins, config, root: folder, allow })
  }
  writeFileSync(join(folder, 'notes.txt'), 'lämps\n'.repeat(1000))
  writeFileSync(
    join(folder, 'llmspell.json'),
    JSON.stringify({ plugins: { sandbox: { bubblewrap } } }),
  )
})
afterAll(async () => {
  for (const runtime of Object.values(runtimes)) await runtime.dispose()
  rmSync(folder, { recursive: true })
})

/** What is asked of the tool, by what comes of it. */
const CALLS: Readonly<Record<string, string>> = {
  'plain data': 'return { n: 1.5, list: [1, "ä", null, true], table: { deep: { er: "x" } } }',
  'a file':
    'let all = Buffer.alloc(0); const file = await files.open("notes.txt", call); for await (const piece of file.read()) all = Buffer.concat([all, piece]); await file.close(); return all.toString()',
  'a file that is not granted': 'return (await files.stat("/etc/hostname", call)).path',
  'chunks and a result':
    'for (let i = 0; i < 5; i++) await call.emit({ type: "text", text: "ä" + i }); return "end"',
  'a failure': 'throw new TypeError("not today")',
  'a failure with a code':
    'throw Object.assign(new Error("no"), { $llmspell: "error/1", code: "WEATHER_DOWN", hint: "Wait.", details: { a: [1] } })',
}

type Door = (runtime: Runtime, code: string) => Promise<unknown>
const OPTIONS = { lua: '{ on_error = "return" }', javascript: "{ onError: 'return' }" }

const script =
  (engine: 'lua' | 'javascript', source: string): Door =>
  async (runtime, code) => {
    const written = source.replace('OPTIONS', OPTIONS[engine])
    return (await runtime.run({ source: written, engine, args: [code] })).value
  }

const DOORS: Readonly<Record<string, Door>> = {
  'a script in Lua': script('lua', 'return Tool.execute("guest", { code = ARGS[1] }, OPTIONS)'),
  'a script in JavaScript': script(
    'javascript',
    "export default await Tool.execute('guest', { code: ARGS[1] }, OPTIONS)",
  ),
  'a stream in Lua': script(
    'lua',
    `local all = {}
     local ok, err = pcall(function()
       for chunk in Tool.stream("guest", { code = ARGS[1] }) do all[#all + 1] = chunk end
     end)
     return { all = all, code = err and err.code, message = err and err.message }`,
  ),
  'a stream in JavaScript': script(
    'javascript',
    `const all = []
     let failed = {}
     try {
       for await (const chunk of Tool.stream('guest', { code: ARGS[1] })) all.push(chunk)
     } catch ({ code, message }) { failed = { code, message } }
     export default { all, ...failed }`,
  ),
  'an agent': async (runtime, code) => {
    const call = { tool_calls: [{ name: 'guest', input: { code } }] }
    const settings = { replies: [call, 'Done.'] }
    await using agent = await runtime.agent({
      model: 'mock/scripted',
      settings,
      tools: ['guest'],
    } as never)
    return (await agent.execute('Go.')).tool_calls
  },
  'a host': (runtime, code) =>
    runtime
      .tool('guest')
      .invoke({ code })
      .catch(({ code: found, message, hint, details }) => ({ found, message, hint, details })),
}

describe.each(Object.entries(DOORS))(
  'through %s an isolated tool gives what it gives in process',
  (_, door) => {
    test.each(Object.entries(CALLS))('%s', async (_what, code) => {
      const [one, other] = [await door(runtimes.inside!, code), await door(runtimes.apart!, code)]
      expect(settled(other)).toEqual(settled(one))
      expect(JSON.stringify(one).length).toBeGreaterThan(20)
    })
  },
)

test('the two are what they are said to be', () => {
  const row = (runtime?: Runtime) => runtime?.report().plugins.find(({ id }) => id === 'guest')
  expect(row(runtimes.inside)).toMatchObject({ source: 'folder', state: 'active' })
  expect(row(runtimes.inside)).not.toHaveProperty('host')
  expect(row(runtimes.apart)).toMatchObject({ source: 'folder', state: 'active', host: 'process' })
})

test('so it does on the command line', async () => {
  for (const what of ['plain data', 'chunks and a result', 'a failure with a code']) {
    const [one, other] = await Promise.all(
      Object.values(homes).map((home) => invoke(home, CALLS[what]!)),
    )
    expect(settled(other)).toEqual(settled(one))
  }
})

async function invoke(home: string, code: string): Promise<unknown> {
  const flags = ['--config', join(folder, 'llmspell.json'), '--allow-unjailed=*', '--json']
  const argv = ['tool', 'invoke', 'guest', '-p', JSON.stringify({ code }), ...flags]
  const env = { LLMSPELL_HOME: home }
  return envelope(await llmspell(argv, { cwd: folder, env }))
}

/** Without what differs from call to call. */
function settled(value: unknown): unknown {
  const text = JSON.stringify(value, (key, field: unknown) =>
    /^(?:duration|execution|run|id$|call_id|started|ended|ms$)/.test(key) ? undefined : field,
  )
  // Of a hint it says whose it is.
  return JSON.parse(text.replaceAll("Plugin 'guest' says: ", ''))
}

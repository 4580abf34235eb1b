import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inRun } from '../support/host.ts'
import { call, Desk, program } from './desk.ts'
import type { Answer } from './desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await Desk.open()
  desk.write('a.txt', 'lamps')
  desk.write('b.txt', 'kettles')
  desk.write('hidden/c.txt', 'nobody reads this')
})
afterAll(() => desk[Symbol.asyncDispose]())

/** Tests in both languages. */
type Pair = readonly [lua: string, javascript: string]
const LANGUAGES = ['lua', 'javascript'] as const

const TOOLS = ['run-script', 'calculator', 'file-read']

describe.each(LANGUAGES)('%s', (language) => {
  const written = ([lua, javascript]: Pair, more = {}) =>
    program(language, language === 'lua' ? lua : javascript, more)

  /** The first call of an agent whose model writes this program and then answers. */
  const run = async (code: Pair, config: object = {}, more = {}, options = {}): Promise<Answer> => {
    desk.play(written(code, more), { text: 'Done.' })
    const answer = await desk.ask({ tools: TOOLS, ...config }, options)
    expect(answer.text).toBe('Done.')
    return answer
  }

  test('a program calls the tools of its agent, and its value comes back', async () => {
    const { tool_calls, metadata } = await run([
      `local n = 0
       for _, p in ipairs{ "a.txt", "b.txt" } do n = n + #Tool.file_read{ path = p }.text end
       print("read", n)
       return { n = n, twice = Tool.calculator{ expression = n .. " * 2" }.result.value }`,
      `let n = 0
       for (const path of ['a.txt', 'b.txt']) n += (await Tool.file_read({ path })).text.length
       print('read', n)
       return { n, twice: (await Tool.calculator({ expression: n + ' * 2' })).result.value }`,
    ])
    expect(tool_calls).toMatchObject([
      { name: 'run-script', result: { value: { n: 12, twice: 24 }, calls: 3 } },
    ])
    expect(tool_calls[0]!.result!.output).toMatch(/read\s+12/)
    expect(metadata.steps).toBe(2)
  })

  test('what the agent may not read, its program may not', async () => {
    const { tool_calls } = await run(
      [
        'return Tool.file_read{ path = "hidden/c.txt" }.text',
        "return (await Tool.fileRead({ path: 'hidden/c.txt' })).text",
      ],
      {},
      {},
      { deny: { read: ['hidden'] } },
    )
    expect(tool_calls[0]!.error).toMatchObject({ code: 'PERMISSION_DENIED' })
  })

  test('tools that the agent was not given are not there, run-script itself neither', async () => {
    const { tool_calls } = await run(
      [
        `local codes = {}
         for _, name in ipairs{ "file-read", "run-script", "environment" } do
           local ok, err = pcall(Tool.execute, name, { path = "a.txt" })
           codes[#codes + 1] = err.code
         end
         return codes`,
        `const codes = []
         for (const name of ['file-read', 'run-script', 'environment']) {
           try { await Tool.execute(name, { path: 'a.txt' }) } catch (error) { codes.push(error.code) }
         }
         return codes`,
      ],
      { tools: ['run-script', 'calculator'] },
    )
    expect(tool_calls[0]!.result!.value).toEqual([
      'TOOL_NOT_FOUND',
      'TOOL_NOT_FOUND',
      'TOOL_NOT_FOUND',
    ])
  })

  test('no other module is there, and nothing of these but what is for it', async () => {
    const { tool_calls } = await run([
      `local found = {}
       for _, name in ipairs{ "Agent", "Provider", "Secret", "Files", "Artifact", "Log", "Budget" } do
         if _G[name] ~= nil then found[#found + 1] = name end
       end
       for _, fn in ipairs{ "define", "stream", "list", "get" } do
         if pcall(function() return Tool[fn]("calculator") end) then found[#found + 1] = fn end
       end
       if pcall(function() return Run.budget() end) then found[#found + 1] = "budget" end
       return { found = JSON.stringify(found), now = type(Run.now()) }`,
      `const found = []
       for (const name of ['Agent', 'Provider', 'Secret', 'Files', 'Artifact', 'Log', 'Budget'])
         if (globalThis[name] !== undefined) found.push(name)
       for (const fn of ['define', 'stream', 'list', 'get']) {
         try { await Tool[fn]('calculator'); found.push(fn) } catch {}
       }
       try { await Run.budget(); found.push('budget') } catch {}
       return { found: JSON.stringify(found), now: typeof Run.now() }`,
    ])
    expect(tool_calls[0]!.result!.value).toMatchObject({ now: expect.any(String) })
    expect((tool_calls[0]!.result!.value as { found: string }).found).toMatch(/^(\[\]|\{\})$/)
  })

  test('its calls count in the budget of the agent, and a program cannot go on beyond it', async () => {
    desk.play(
      written([
        'while true do pcall(Tool.calculator, { expression = "1" }) end',
        "for (;;) try { await Tool.calculator({ expression: '1' }) } catch {}",
      ]),
    )
    const asked = desk.ask({ tools: TOOLS, budget: { max_tool_calls: 5 } })
    await expect(asked).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      details: { limit: 'max_tool_calls', max: 5 },
    })
  })

  test('a program without end is ended, and the agent goes on', async () => {
    const { tool_calls } = await run(['while true do end', 'for (;;);'], {}, { timeout: 300 })
    expect(tool_calls[0]!.error).toMatchObject({
      code: 'TIMEOUT',
      hint: expect.stringContaining('timeout'),
    })
  })

  test('a program that eats memory is ended, and the agent goes on', async () => {
    const { tool_calls } = await run([
      'local t = {} while true do t[#t + 1] = ("x"):rep(100000) .. #t end',
      'const t = []; for (;;) t.push(new Uint8Array(100000).fill(t.length % 250 + 1))',
    ])
    expect(tool_calls[0]!.error).toMatchObject({ code: 'MEMORY_LIMIT' })
  })

  test('a flood of output is cut off, and the agent goes on', async () => {
    const { tool_calls } = await run([
      'while true do print(("x"):rep(1000)) end',
      "for (;;) print('x'.repeat(1000))",
    ])
    expect(tool_calls[0]!.error).toMatchObject({ code: 'OUTPUT_LIMIT' })
  })

  test('a long value is cut for the model', async () => {
    const { tool_calls } = await run([
      'return { text = ("é"):rep(100000) }',
      "return { text: 'é'.repeat(100000) }",
    ])
    const { value } = tool_calls[0]!.result!
    expect(Buffer.byteLength(value as string)).toBeLessThanOrEqual(65_536)
    expect(value).toMatch(/^\{"text":"éé.*é$/)
  })

  test('errors name the line, so that the model can mend its program', async () => {
    desk.play(
      written(['local x = nil\n\nreturn x.y', 'const x = undefined\n\nreturn x.y']),
      (read) => {
        expect(read).toMatch(/SCRIPT_ERROR.*line 3 of the program/)
        return written(['return 1', 'return 1'])
      },
      { text: 'Mended.' },
    )
    const { text, tool_calls } = await desk.ask({ tools: TOOLS })
    expect(text).toBe('Mended.')
    expect(tool_calls[1]!.result!.value).toBe(1)
  })

  test('a syntax error is told like that', async () => {
    const { tool_calls } = await run(['local = 1', 'const = 1'])
    expect(tool_calls[0]!.error).toMatchObject({ code: 'SCRIPT_SYNTAX' })
    expect(tool_calls[0]!.error!.message).toContain('line 1')
  })

  test('the end of the run ends the program', async () => {
    desk.play(written(['while true do end', 'for (;;);']))
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 500)
    const started = performance.now()
    await expect(desk.ask({ tools: TOOLS }, { signal: stop.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('a secret is hidden in what the program sees, prints and returns', async () => {
    const secret = 'hunter2-hunter2-hunter2'
    desk.write('secret.txt', secret)
    desk.play(
      written([
        `local t = Tool.file_read{ path = "secret.txt" }.text print(t) print("${secret}")
         return { t, #t, "${secret}" }`,
        `const t = (await Tool.file_read({ path: 'secret.txt' })).text; print(t); print('${secret}')
         return [t, t.length, '${secret}']`,
      ]),
      (read) => {
        expect(read.slice(read.lastIndexOf('"role":"tool"'))).not.toContain(secret)
        return { text: 'Done.' }
      },
    )
    const answer = await inRun(
      desk.house as never,
      async (context) => {
        context.conceal(secret, '[secret]')
        return desk.within(context, { tools: TOOLS })
      },
      desk.options(),
    )
    expect(JSON.stringify(answer.tool_calls[0]!.result)).not.toContain(secret)
    expect((answer.tool_calls[0]!.result!.value as unknown[])[1]).not.toBe(secret.length)
  })
})

test('the model reads the signatures of the other tools', async () => {
  desk.play({ text: 'Done.' })
  await desk.ask({ tools: TOOLS })
  const { tools } = desk.server.last.body as {
    tools: { function: { name: string; description: string } }[]
  }
  const { description } = tools.find((tool) => tool.function.name === 'run-script')!.function
  expect(description).toContain('Tool.calculator{ expression: string')
  expect(description).toMatch(/Tool\.file_read\{ path: string.*\} -> \{/)
  expect(description).not.toContain('Tool.run_script')
})

test('outside of an agent a program has no tools', async () => {
  const { value } = await desk.house.lua(
    `local r = Tool.execute("run-script", { language = "lua", code = "return 6 * 7" })
     local ok, err = pcall(Tool.execute, "run-script",
       { language = "lua", code = "return Tool.calculator{ expression = '1' }" })
     return { r.result.value, err.code }`,
  )
  expect(value).toEqual([42, 'TOOL_NOT_FOUND'])
})

test('plain calls stand beside it', async () => {
  desk.play({ toolCalls: [call('calculator', { expression: '1 + 1' })] }, { text: 'Done.' })
  const { tool_calls } = await desk.ask({ tools: TOOLS })
  expect(tool_calls).toMatchObject([{ name: 'calculator', result: { value: 2 } }])
})

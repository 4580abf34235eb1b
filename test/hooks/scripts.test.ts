// Hook scripts: runs of their own whose hooks hold for all other runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KernelConfig } from '@llmspell/kernel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHooks, type HookHouse } from './house.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-hooks-'))
  writeFileSync(join(folder, 'secret.txt'), 'a file')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Parts = Readonly<Record<string, unknown>>

/** A house with these hook scripts: name of the file, its source, and what the configuration says of it. */
async function withScripts(
  scripts: readonly (readonly [name: string, source: string, parts?: Parts])[],
  use: (hooks: HookHouse) => Promise<void>,
): Promise<void> {
  const entries = scripts.map(([name, source, parts]) => {
    const file = join(folder, name)
    writeFileSync(file, source)
    return { file, ...parts }
  })
  const config: KernelConfig = { plugins: { hooks: { scripts: entries } } }
  const hooks = await openHooks(config)
  try {
    await use(hooks)
  } finally {
    await hooks.house.kernel.stop()
  }
}

const CALCULATE = `return Tool.calculator{ expression = '6 * 7' }.text`
const NO_TOOLS = `Hook.register('tool.guard', function(ctx) return Hook.cancel('no ' .. ctx.data.tool) end)`

describe('a hook script', () => {
  test.each([
    ['guard.lua', NO_TOOLS],
    ['guard.js', `await Hook.register('tool.guard', (ctx) => Hook.cancel('no ' + ctx.data.tool))`],
  ])('holds for the first call of every run: %s', async (name, source) => {
    await withScripts([[name, source]], async ({ run }) => {
      const all = await Promise.all([
        run('lua', CALCULATE),
        run('javascript', `return (await Tool.calculator({ expression: '6 * 7' })).text`),
        run('lua', CALCULATE, { isolation: 'worker' }),
      ])
      for (const came of all) {
        expect(came).toMatchObject({
          code: 'HOOK_CANCELLED',
          message: expect.stringContaining('no calculator'),
        })
      }
    })
  })

  test.each([
    [
      'lua',
      `Hook.register('tool.input', function(ctx) ctx.data.tool = 'uuid' ctx.data.seq = 99 return Hook.modify(ctx.data) end)
       return Tool.calculator{ expression = '6 * 7' }.text`,
    ],
    [
      'javascript',
      `await Hook.register('tool.input', (ctx) => Hook.modify({ ...ctx.data, tool: 'uuid', seq: 99 }))
       return (await Tool.calculator({ expression: '6 * 7' })).text`,
    ],
  ] as const)(
    'is asked about the call that is made, whatever a run says it is: %s',
    async (language, source) => {
      const guard = `Hook.register('tool.input', function(ctx) return Hook.cancel('no ' .. ctx.data.tool) end,
      { where = { name = 'calc*' } })`
      await withScripts([['calc.lua', guard]], async ({ run }) => {
        expect(await run(language, source)).toMatchObject({
          code: 'HOOK_CANCELLED',
          message: expect.stringContaining('no calculator'),
        })
      })
    },
  )

  test('has the grants of its configuration, and no run gives it more', async () => {
    const read = `Hook.register('stage.change', function(ctx)
      ctx.data.params.text = Tool.file_read{ path = '${join(folder, 'secret.txt')}' }.text
      return Hook.modify(ctx.data)
    end)`
    const fire = `return Stage.fire('stage.change').params.text`
    await withScripts([['granted.lua', read, { allow: { read: [folder] } }]], async ({ run }) => {
      expect(await run('lua', fire)).toMatchObject({ value: 'a file' })
      // The hook's grants are not those of the run.
      const own = `return Tool.file_read{ path = '${join(folder, 'secret.txt')}' }.text`
      expect(await run('lua', own)).toMatchObject({ code: 'PERMISSION_DENIED' })
    })
    await withScripts([['bare.lua', read]], async ({ run }) => {
      const came = await run('lua', fire, { allow: { read: [folder] } })
      expect(came).toMatchObject({ code: 'HOOK_FAILED' })
      expect(came.message).toContain('bare.lua')
    })
  })

  test('may register at the points of its configuration alone', async () => {
    const parts = { points: ['BeforeStage'] }
    const source = `Hook.register('stage.guard', function() return 'no' end)`
    await withScripts([['some.lua', source, parts]], async ({ run }) => {
      expect(await run('lua', `Stage.fire('stage.guard')`)).toMatchObject({
        code: 'HOOK_CANCELLED',
      })
    })
    await withScripts([['other.lua', NO_TOOLS, parts]], async ({ run }) => {
      const came = await run('lua', 'return Tool.list()')
      expect(came.message).toContain("may not register at 'tool.guard'")
    })
  })

  test.each([
    ['syntax', 'Hook.register('],
    ['an error after a hook', `${NO_TOOLS}\nerror('broken')`],
    ['an unknown point', `Hook.register('tool.gard', function() end)`],
  ])('that cannot be loaded refuses all runs, unless it may be missed: %s', async (_, source) => {
    await withScripts([['bad.lua', source]], async ({ run }) => {
      const came = await run('lua', CALCULATE)
      expect(came).toMatchObject({
        code: 'HOOK_CANCELLED',
        message: expect.stringContaining('bad.lua'),
      })
    })
    await withScripts([['bad.lua', source, { on_failure: 'ignore' }]], async ({ run }) => {
      expect(await run('lua', CALCULATE)).toMatchObject({ value: '42' })
    })
  })

  test('that is not there refuses all runs', async () => {
    const scripts = [{ file: join(folder, 'nowhere.lua') }]
    const hooks = await openHooks({ plugins: { hooks: { scripts } } })
    expect((await hooks.run('lua', CALCULATE)).message).toContain('nowhere.lua')
    await hooks.house.kernel.stop()
  })

  test('hears what belongs to no run and what comes after one', async () => {
    const source = `local ended = {}
      Hook.register('stage.alone', function() end)
      Hook.register('script.done', function(ctx) ended[#ended + 1] = ctx.data.file end)
      Hook.register('custom:ended', function() return Hook.replace(ended) end)`
    await withScripts([['after.lua', source]], async ({ run }) => {
      await run('lua', 'return Tool.list()')
      const came = await run('lua', `return Hook.call('ended')`)
      expect(came).toMatchObject({ value: ['hook.lua'] })
    })
  })

  test('does not see its own calls, and a hook of a run cannot keep it from being asked', async () => {
    const source = `local n = 0
      Hook.register('tool.guard', function(ctx)
        n = n + 1
        if Tool.calculator{ expression = '1 + ' .. n }.text ~= tostring(1 + n) then return 'broken' end
        if ctx.data.params.expression == '6 * 7' then return 'no, ' .. n end
      end)`
    await withScripts([['careful.lua', source]], async ({ run }) => {
      const dodge = `Hook.register('tool.guard', function() return Hook.skip() end, 'highest')\n${CALCULATE}`
      expect((await run('lua', dodge)).message).toContain('no, 1')
    })
  })

  test('that computes without end is cut off, and denies', async () => {
    const source = `Hook.register('tool.guard', function() while true do end end, { timeout = 300 })`
    await withScripts([['spin.lua', source]], async ({ run }) => {
      expect((await run('lua', CALCULATE)).message).toContain('did not answer in 300 ms')
      expect((await run('lua', CALCULATE)).code).toBe('HOOK_CANCELLED')
    })
  })

  test('sees labels for what another run hides', async () => {
    const source = `Hook.register('stage.change', function(ctx)
        ctx.data.params.seen = ctx.data.params.key:sub(1, 3) .. #ctx.data.params.key
        return Hook.modify(ctx.data)
      end)`
    await withScripts([['curious.lua', source]], async ({ run }) => {
      const hide = `Stage.hide('s3cret-value')
        return Stage.fire('stage.change', { params = { key = 's3cret-' .. 'value' } }).params.seen`
      expect(await run('lua', hide)).toMatchObject({ value: '[hi8' })
    })
  })

  test('stands behind another that sees its calls, without a ring', async () => {
    const source = (name: string) => `Hook.register('tool.guard', function(ctx)
        Tool.calculator{ expression = '${name === 'a' ? 1 : 2}' }
      end)`
    const scripts = [
      ['a.lua', source('a')],
      ['b.lua', source('b')],
    ] as const
    await withScripts(scripts, async ({ run }) => {
      expect(await run('lua', CALCULATE)).toMatchObject({ value: '42' })
    })
  })
})

test('without hook scripts nobody waits for the plugin', async () => {
  const { house, run } = await openHooks()
  const guard = () => house.kernel.hooks.list().find(({ name }) => name === 'call.guard')?.used
  const state = () => house.kernel.report().plugins.find(({ id }) => id === 'hooks')?.state
  expect(guard()).toBe(false)
  expect(await run('lua', CALCULATE)).toMatchObject({ value: '42' })
  expect(state()).not.toBe('active')
  await run('lua', `Hook.register('stage.guard', function() end)`)
  expect({ guard: guard(), state: state() }).toEqual({ guard: false, state: 'active' })
  await house.kernel.stop()
})

test('hooks of a run end with it and hold for it alone', async () => {
  const hooks = await openHooks()
  const guard = `Hook.register('tool.guard', function() return 'mine' end)`
  const first = hooks.run('lua', `${guard}\nAsync.sleep(300)\n${CALCULATE}`)
  expect(await hooks.run('lua', CALCULATE)).toMatchObject({ value: '42' })
  expect(await first).toMatchObject({ code: 'HOOK_CANCELLED' })
  expect(hooks.house.kernel.hooks.list().find(({ name }) => name === 'tool.guard')?.used).toBe(
    false,
  )
  await hooks.house.kernel.stop()
})

test('a script in a thread knows its own doing', async () => {
  const hooks = await openHooks()
  const source = `local n = 0
    Hook.register('tool.guard', function(ctx)
      n = n + 1
      Tool.calculator{ expression = '1' }
      if ctx.data.params.expression == 'bad' then return 'no' end
    end)
    local all = Async.settle{ function() return Tool.calculator{ expression = 'bad' } end,
      function() return Tool.calculator{ expression = 'bad' } end, function() return Tool.calculator{ expression = '5' } end }
    return { n, all[1].ok, all[2].ok, all[3].ok }`
  const came = await hooks.run('lua', source, { isolation: 'worker' })
  expect(came).toMatchObject({ value: [3, false, false, true] })
  await hooks.house.kernel.stop()
})

test('notices of a flood are told in order; what is too much is dropped and reported once', async () => {
  const hooks = await openHooks()
  const source = (count: number, wait: string) => `local seen, last = 0, 0
    Hook.register('stage.tick', function(ctx)
      seen = seen + 1
      if ctx.data.params.n < last then error('out of order') end
      last = ctx.data.params.n
    end)
    Stage.many('stage.tick', ${count})
    ${wait}
    return { seen, last }`
  const few = await hooks.run('lua', source(500, 'while seen < 500 do Async.sleep(5) end'))
  expect(few).toMatchObject({ value: [500, 499], log: [] })
  const many = await hooks.run('lua', source(3000, 'while seen < 1000 do Async.sleep(5) end'))
  expect((many.value as number[])[0]).toBeLessThan(1100)
  expect(many.log).toHaveLength(2)
  expect(many.log[0]).toContain('1000 notices wait')
  expect(many.log[1]).toMatch(/did not get (19|20)\d\d notices/)
  await hooks.house.kernel.stop()
})

import { both } from '../scenario.ts'

/** Hooks: functions of the script at the points of the host. */
export const HOOK = [
  both(
    'keeps a tool from running by a hook',
    'Hook.register Hook.cancel',
    `Hook.register('tool.guard', function(ctx) return Hook.cancel('not ' .. ctx.data.tool, 'Ask.') end, 'high')
     Tool.calculator{ expression = '1' }`,
    `await Hook.register('tool.guard', (ctx) => Hook.cancel('not ' + ctx.data.tool, 'Ask.'), 'high')
     await Tool.calculator({ expression: '1' })`,
    { error: 'HOOK_CANCELLED' },
  ),
  both(
    'changes what a tool gets by a hook',
    'Hook.register Hook.modify Hook.continue',
    `Hook.register('tool.input', function(ctx) ctx.data.params.expression = '2 + 2' return Hook.modify(ctx.data) end)
     Hook.register('tool.done', function(ctx) return Hook.continue() end)
     return Tool.calculator{ expression = '1' }.text`,
    `await Hook.register('tool.input', (ctx) => { ctx.data.params.expression = '2 + 2'; return Hook.modify(ctx.data) })
     await Hook.register('tool.done', () => Hook.continue())
     return (await Tool.calculator({ expression: '1' })).text`,
    { value: '4' },
  ),
  both(
    'lists and removes its hooks',
    'Hook.list Hook.unregister Hook.HookHandle.id Hook.HookHandle.hook_point Hook.HookHandle.calls Hook.HookHandle.failures Hook.HookHandle.unregister',
    `local a = Hook.register('tool.done', function() end, { priority = 'low', timeout = '1s' })
     local b = Hook.register('tool.done', function() return 'x' end)
     Tool.calculator{ expression = '1' }
     local rows = {}
     for _, row in ipairs(Hook.list{ point = 'tool.done' }) do rows[#rows + 1] = { row.id, row.priority, row.calls } end
     return { a:id(), a:hook_point(), a:calls(), b:failures(), rows, a:unregister(), Hook.unregister(b), #Hook.list() }`,
    `const a = await Hook.register('tool.done', () => {}, { priority: 'low', timeout: '1s' })
     const b = await Hook.register('tool.done', () => 'x')
     await Tool.calculator({ expression: '1' })
     const rows = (await Hook.list({ point: 'tool.done' })).map((row) => [row.id, row.priority, row.calls])
     return [await a.id(), await a.hookPoint(), await a.calls(), await b.failures(), rows, await a.unregister(), await Hook.unregister(b), (await Hook.list()).length]`,
    {
      value: [
        'hook_1',
        'tool.done',
        1,
        1,
        [
          ['hook_2', 'normal', 1],
          ['hook_1', 'low', 1],
        ],
        true,
        true,
        0,
      ],
    },
  ),
  both(
    'knows the points',
    'Hook.points',
    `local found
     for _, point in ipairs(Hook.points()) do if point.name == 'call.guard' then found = point end end
     return { found.kind, found.results, found.of_run }`,
    `const found = (await Hook.points()).find((point) => point.name === 'call.guard')
     return [found.kind, found.results, found.ofRun]`,
    { value: ['guard', ['continue', 'cancel', 'skip'], true] },
  ),
  both(
    'has points of its own',
    'Hook.call Hook.replace Hook.skip Hook.retry Hook.redirect',
    `Hook.register('custom:price', function(ctx) return Hook.replace(ctx.data.n * 2) end)
     Hook.register('custom:plain', function() return Hook.skip() end)
     return { Hook.call('price', { n = 4 }), Hook.call('custom:plain', 'x'), Hook.retry{ delay = '1s', max_attempts = 2 }, Hook.redirect('y') }`,
    `await Hook.register('custom:price', (ctx) => Hook.replace(ctx.data.n * 2))
     await Hook.register('custom:plain', () => Hook.skip())
     const { type, ...rest } = Hook.retry({ delay: '1s', maxAttempts: 2 })
     return [await Hook.call('price', { n: 4 }), await Hook.call('custom:plain', 'x'), { type, ...rest }, Hook.redirect('y')]`,
    {
      value: [
        8,
        'x',
        { type: 'retry', delay: '1s', max_attempts: 2 },
        { type: 'redirect', to: 'y' },
      ],
    },
  ),
  both(
    'registers at no such point',
    'Hook.register',
    `Hook.register('tool.gard', function() end)`,
    `await Hook.register('tool.gard', () => {})`,
    { error: 'HOOK_UNKNOWN' },
  ),
]

import type { Value } from '@llmspell/sdk'
import type { Row } from './rows.ts'

const row = (
  name: string,
  lua: string,
  javascript: string,
  value: Value | { readonly code: string },
  log?: Row['log'],
): Row => ({
  name,
  lua,
  javascript,
  ...(typeof value === 'object' && value !== null && 'code' in value
    ? { code: value.code as string }
    : { value: value as Value }),
  ...(log ? { log } : {}),
})

/** What holds for every hook: order, filters, life, failures. */
export const RULES: readonly Row[] = [
  row(
    'is asked by priority, then in the order of registration',
    `local seen = {}
     for _, p in ipairs{ 'low', 'normal', 'highest', 'lowest', 'high', 'normal' } do
       Hook.register('stage.row', function(ctx) seen[#seen + 1] = ctx.metadata.priority .. ' ' .. ctx.metadata.hook end, p)
     end
     Stage.fire('stage.row')
     return seen`,
    `const seen = []
     for (const p of ['low', 'normal', 'highest', 'lowest', 'high', 'normal'])
       await Hook.register('stage.row', (ctx) => { seen.push(ctx.metadata.priority + ' ' + ctx.metadata.hook) }, p)
     await Stage.fire('stage.row')
     return seen`,
    [
      'highest hook_3',
      'high hook_5',
      'normal hook_2',
      'normal hook_6',
      'low hook_1',
      'lowest hook_4',
    ],
  ),
  row(
    'gets what the ones before it made, and a later verdict stands on it',
    `Hook.register('stage.ask', function(ctx) ctx.data.params.n = 5; return Hook.modify(ctx.data) end)
     local seen
     Hook.register('stage.ask', function(ctx) seen = ctx.data.params.n; return Hook.redirect('z') end)
     Hook.register('stage.ask', function() error('is not asked') end)
     local out = Stage.fire('stage.ask', { params = { n = 1 } })
     return { seen, out.data.params.n, out.changed, out.verdict.to }`,
    `await Hook.register('stage.ask', (ctx) => { ctx.data.params.n = 5; return Hook.modify(ctx.data) })
     let seen
     await Hook.register('stage.ask', (ctx) => { seen = ctx.data.params.n; return Hook.redirect('z') })
     await Hook.register('stage.ask', () => { throw new Error('is not asked') })
     const out = await Stage.fire('stage.ask', { params: { n: 1 } })
     return [seen, out.data.params.n, out.changed, out.verdict.to]`,
    [5, 5, true, 'z'],
  ),
  row(
    'is told who, what and where',
    `local got
     Hook.register('BeforeStageExecution', function(ctx) got = ctx end)
     Stage.fire('stage.ask', { tool = 'file-write' })
     return { got.point, got.component.type, got.component.name, got.run_id == Run.id, got.data.run_id == Run.id, got.metadata.kind, type(got.correlation_id) }`,
    `let got
     await Hook.register('BeforeStageExecution', (ctx) => { got = ctx })
     await Stage.fire('stage.ask', { tool: 'file-write' })
     return [got.point, got.component.type, got.component.name, got.runId === Run.id, got.data.run_id === Run.id, got.metadata.kind, typeof got.correlationId]`,
    ['BeforeStageExecution', 'stage', 'file-write', true, true, 'intercept', 'string'],
  ),
  row(
    'is asked only where its filter fits',
    `local seen = {}
     Hook.register('stage.row', function(ctx) seen[#seen + 1] = ctx.data.tool end, { where = { name = 'file-*', caller = 'agent *' } })
     Stage.fire('stage.row', { tool = 'file-read', caller = "agent 'a'" })
     Stage.fire('stage.row', { tool = 'file-write', caller = 'script' })
     Stage.fire('stage.row', { tool = 'calculator', caller = "agent 'a'" })
     Stage.fire('stage.row', { tool = 'file-read' })
     return seen`,
    `const seen = []
     await Hook.register('stage.row', (ctx) => { seen.push(ctx.data.tool) }, { where: { name: 'file-*', caller: 'agent *' } })
     await Stage.fire('stage.row', { tool: 'file-read', caller: "agent 'a'" })
     await Stage.fire('stage.row', { tool: 'file-write', caller: 'script' })
     await Stage.fire('stage.row', { tool: 'calculator', caller: "agent 'a'" })
     await Stage.fire('stage.row', { tool: 'file-read' })
     return seen`,
    ['file-read'],
  ),
  row(
    'cannot filter by what the point does not hand out',
    `Hook.register('script.done', function() end, { where = { agent = 'x' } })`,
    `await Hook.register('script.done', () => {}, { where: { agent: 'x' } })`,
    { code: 'INPUT_INVALID' },
  ),
  row(
    'with once is called once',
    `local n = 0
     local h = Hook.register('stage.row', function() n = n + 1 end, { once = true, where = { name = 'b' } })
     Stage.fire('stage.row', { tool = 'a' })
     Stage.fire('stage.row', { tool = 'b' })
     Stage.fire('stage.row', { tool = 'b' })
     return { n, h:calls(), h:unregister(), #Hook.list() }`,
    `let n = 0
     const h = await Hook.register('stage.row', () => { n++ }, { once: true, where: { name: 'b' } })
     await Stage.fire('stage.row', { tool: 'a' })
     await Stage.fire('stage.row', { tool: 'b' })
     await Stage.fire('stage.row', { tool: 'b' })
     return [n, await h.calls(), await h.unregister(), (await Hook.list()).length]`,
    [1, 1, false, 0],
  ),
  row(
    'is removed by handle, by method and by id, once',
    `local function add() return Hook.register('stage.row', function() end) end
     local a, b, c = add(), add(), add()
     local out = { Hook.unregister(a), Hook.unregister(a), b:unregister(), Hook.unregister(c:id()), Hook.unregister('hook_9') }
     return { out, Stage.fire('stage.row') }`,
    `const add = () => Hook.register('stage.row', () => {})
     const [a, b, c] = [await add(), await add(), await add()]
     const out = [await Hook.unregister(a), await Hook.unregister(a), await b.unregister(), await Hook.unregister(await c.id()), await Hook.unregister('hook_9')]
     return [out, await Stage.fire('stage.row')]`,
    [[true, false, true, true, false], { unused: true }],
  ),
  row(
    'works after its handle was collected',
    `local n = 0
     Hook.register('stage.row', function() n = n + 1 end)
     for i = 1, 3 do collectgarbage() local t = {} for j = 1, 20000 do t[j] = { j } end end
     collectgarbage()
     Stage.fire('stage.row')
     return n`,
    `let n = 0
     await Hook.register('stage.row', () => { n++ })
     for (let i = 0; i < 3; i++) { const t = []; for (let j = 0; j < 20000; j++) t.push({ j }) }
     await Stage.fire('stage.row')
     return n`,
    1,
  ),
  row(
    'does not see what it does itself, and all else meanwhile',
    `local n = 0
     Hook.register('stage.guard', function(ctx)
       n = n + 1
       Stage.fire('stage.guard', { tool = 'own' })
       if ctx.data.tool == 'bad' then return 'no' end
     end)
     local all = Async.settle{ function() Stage.fire('stage.guard', { tool = 'bad' }) end,
       function() Stage.fire('stage.guard', { tool = 'bad' }) end, function() Stage.fire('stage.guard', { tool = 'good' }) end }
     return { n, all[1].ok, all[2].ok, all[3].ok }`,
    `let n = 0
     await Hook.register('stage.guard', async (ctx) => {
       n++
       await Stage.fire('stage.guard', { tool: 'own' })
       if (ctx.data.tool === 'bad') return 'no'
     })
     const fire = (tool) => Stage.fire('stage.guard', { tool }).then(() => true, () => false)
     return [n, ...(await Promise.all([fire('bad'), fire('bad'), fire('good')]))].with(0, n)`,
    [3, false, false, true],
  ),
  row(
    'that throws denies at a guard, by file and line, and always',
    `Hook.register('stage.guard', function()
       error('broken')
     end)
     local last
     for i = 1, 7 do last = select(2, pcall(Stage.fire, 'stage.guard')) end
     return { last.code, last.message:match('hook.lua:2') ~= nil and last.message:match('broken') }`,
    `await Hook.register('stage.guard', () => {
       throw new Error('broken')
     })
     let last
     for (let i = 0; i < 7; i++) await Stage.fire('stage.guard').catch((error) => { last = error })
     return [last.code, last.message.includes('hook.js:2') && last.message.match('broken')[0]]`,
    ['HOOK_CANCELLED', 'broken'],
    [/broken/, /broken/, /broken/, /broken/, /What follows is not logged/],
  ),
  row(
    'that throws is switched off after five times where it only listens',
    `local n = 0
     local h = Hook.register('stage.row', function() n = n + 1; error('broken') end)
     for i = 1, 8 do Stage.fire('stage.row') end
     return { n, h:failures(), #Hook.list() }`,
    `let n = 0
     const h = await Hook.register('stage.row', () => { n++; throw new Error('broken') })
     for (let i = 0; i < 8; i++) await Stage.fire('stage.row')
     return [n, await h.failures(), (await Hook.list()).length]`,
    [5, 5, 0],
    [/broken/, /broken/, /broken/, /broken/, /switched off/],
  ),
  row(
    'that hangs is cut off, and denies',
    `Hook.register('stage.guard', function() Async.sleep(1500) end, { timeout = 50 })
     return select(2, pcall(Stage.fire, 'stage.guard')).message:match('did not answer in 50 ms')`,
    `await Hook.register('stage.guard', () => new Promise(() => {}), { timeout: '50ms' })
     return await Stage.fire('stage.guard').catch((error) => error.message.match('did not answer in 50 ms')[0])`,
    'did not answer in 50 ms',
    [/did not answer/],
  ),
  row(
    'that hangs is passed over where it only listens',
    `Hook.register('stage.row', function() Async.sleep(1500) end, { timeout = 50 })
     local after = false
     Hook.register('stage.row', function() after = true end)
     Stage.fire('stage.row')
     return after`,
    `await Hook.register('stage.row', () => new Promise(() => {}), { timeout: 50 })
     let after = false
     await Hook.register('stage.row', () => { after = true })
     await Stage.fire('stage.row')
     return after`,
    true,
    [/did not answer/],
  ),
  row(
    'that floods the host with hooks is refused',
    `local ok, err = true, nil
     for i = 1, 1001 do ok, err = pcall(Hook.register, 'stage.row', function() end) end
     return err.code`,
    `let code
     for (let i = 0; i < 1001; i++) await Hook.register('stage.row', () => {}).catch((error) => { code = error.code })
     return code`,
    'HOOK_LIMIT',
  ),
  row(
    'skips for itself and those after it',
    `local seen = {}
     Hook.register('stage.guard', function() seen[#seen + 1] = 1; return Hook.skip('enough') end)
     Hook.register('stage.guard', function() return 'no' end)
     Stage.fire('stage.guard')
     return seen`,
    `const seen = []
     await Hook.register('stage.guard', () => { seen.push(1); return Hook.skip('enough') })
     await Hook.register('stage.guard', () => 'no')
     await Stage.fire('stage.guard')
     return seen`,
    [1],
  ),
  row(
    'sees labels for hidden values, and cannot write them over',
    `Stage.hide('s3cret-value')
     local seen
     Hook.register('stage.change', function(ctx)
       seen = ctx.data.params.key
       ctx.data.params.n = 9
       return Hook.modify(ctx.data)
     end)
     Hook.register('stage.row', function() end)
     local out = Stage.fire('stage.change', { params = { key = 's3cret-' .. 'value' } })
     return { seen, out.params.key, out.params.n }`,
    `await Stage.hide('s3cret-value')
     let seen
     await Hook.register('stage.change', (ctx) => {
       seen = ctx.data.params.key
       ctx.data.params.n = 9
       return Hook.modify(ctx.data)
     })
     const out = await Stage.fire('stage.change', { params: { key: 's3cret-' + 'value' } })
     return [seen, out.params.key, out.params.n]`,
    ['[hidden]', '[hidden]', 9],
  ),
  row(
    'is not for a point that nobody has',
    `local function code(name) local e = select(2, pcall(Hook.register, name, function() end)) return { e.code, e.hint } end
     return { code('stage.gard'), code('BeforStage'), code('Twice')[1], code('custom:')[1], code('stage.alone')[1], code('kernel.shutdown')[1] }`,
    `const code = (name) => Hook.register(name, () => {}).catch((e) => [e.code, e.hint])
     const first = async (name) => (await code(name))[0]
     return [await code('stage.gard'), await code('BeforStage'), await first('Twice'), await first('custom:'), await first('stage.alone'), await first('kernel.shutdown')]`,
    [
      ['HOOK_UNKNOWN', "Did you mean 'stage.guard'?"],
      ['HOOK_UNKNOWN', "Did you mean 'BeforeStage'?"],
      'HOOK_UNKNOWN',
      'HOOK_UNKNOWN',
      'HOOK_REFUSED',
      'HOOK_REFUSED',
    ],
  ),
  row(
    'stands at points of its own',
    `Hook.register('custom:price', function(ctx) ctx.data.n = ctx.data.n + 1; return Hook.modify(ctx.data) end)
     Hook.register('custom:price', function(ctx) if ctx.data.n > 5 then return Hook.cancel('too much') end end)
     Hook.register('custom:fixed', function() return Hook.replace('x') end)
     Hook.register('custom:broken', function() error('b') end)
     local function code(name, data) return select(2, pcall(Hook.call, name, data)).code end
     return { Hook.call('price', { n = 1 }).n, code('custom:price', { n = 9 }), Hook.call('fixed'), Hook.call('nobody', 4), code('broken', 1) }`,
    `await Hook.register('custom:price', (ctx) => { ctx.data.n++; return Hook.modify(ctx.data) })
     await Hook.register('custom:price', (ctx) => { if (ctx.data.n > 5) return Hook.cancel('too much') })
     await Hook.register('custom:fixed', () => Hook.replace('x'))
     await Hook.register('custom:broken', () => { throw new Error('b') })
     const code = (name, data) => Hook.call(name, data).catch((e) => e.code)
     return [(await Hook.call('price', { n: 1 })).n, await code('custom:price', { n: 9 }), await Hook.call('fixed'), await Hook.call('nobody', 4), await code('broken', 1)]`,
    [2, 'HOOK_CANCELLED', 'x', 4, 'HOOK_FAILED'],
    [/failed at 'custom:broken'/],
  ),
  row(
    'keeps a tool from running, for the script and for a model',
    `Hook.register('tool.guard', function(ctx) return Hook.cancel('not ' .. ctx.data.tool) end)
     local e = select(2, pcall(Tool.execute, 'calculator', { expression = '1' }))
     local text = Agent.create{ tools = { 'calculator' } }:execute('What is 17% of 3480?').text
     return { e.code, e.details.reason, text:find('591') == nil }`,
    `await Hook.register('tool.guard', (ctx) => Hook.cancel('not ' + ctx.data.tool))
     const e = await Tool.execute('calculator', { expression: '1' }).catch((error) => error)
     const text = (await (await Agent.create({ tools: ['calculator'] })).execute('What is 17% of 3480?')).text
     return [e.code, e.details.reason, !text.includes('591')]`,
    ['HOOK_CANCELLED', 'not calculator', true],
  ),
]

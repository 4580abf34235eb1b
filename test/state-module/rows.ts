import type { Value } from '@llmspell/sdk'

/** A script in both languages, each with a scope of its own, and what it must come to. */
export interface Row {
  readonly name: string
  readonly lua: string
  readonly javascript: string
  readonly value?: Value
  readonly code?: string
}

const row = (name: string, lua: string, javascript: string, expected: Partial<Row>): Row => ({
  name,
  lua,
  javascript,
  ...expected,
})

/** `S` is the scope of the row. */
export const ROWS: readonly Row[] = [
  row(
    'gives back every kind of value as it was kept',
    `local v = { text = 'a', n = 1.5, list = JSON.array{}, deep = { { x = true } }, bytes = Media.bytes('\\1\\2'):bytes() }
     State.save(S, 'v', v)
     State.save(S, 'raw', Media.bytes('abc'):bytes())
     local found = State.load(S, 'v')
     return { found.text, found.n, #found.list, found.deep[1].x, found.bytes:hex(), State.load(S, 'raw'):string() }`,
    `const v = { text: 'a', n: 1.5, list: [], deep: [{ x: true }], bytes: new Uint8Array([1, 2]) }
     await State.save(S, 'v', v)
     await State.save(S, 'raw', new Uint8Array([97, 98, 99]))
     const found = await State.load(S, 'v')
     const raw = await State.load(S, 'raw')
     return [found.text, found.n, found.list.length, found.deep[0].x, '0' + found.bytes[0] + '0' + found.bytes[1], new TextDecoder().decode(raw)]`,
    { value: ['a', 1.5, 0, true, '0102', 'abc'] },
  ),
  row(
    'refuses what ends with the run, by its place',
    `local ok, err = pcall(State.save, S, 'k', { list = { 1, Media.bytes('a') } })
     return { ok, err.code, err.details.path, State.exists(S, 'k') }`,
    `const media = await Media.bytes('a')
     const err = await State.save(S, 'k', { list: [1, media] }).catch((e) => e)
     return [false, err.code, err.details.path, await State.exists(S, 'k')]`,
    { value: [false, 'VALUE_UNSUPPORTED', 'value.list[1]', false] },
  ),
  row(
    'tells false and null from nothing',
    `State.save(S, 'f', false) State.save(S, 'n', JSON.null)
     return { State.load(S, 'f', 'none'), State.load(S, 'n', 'none') == nil, State.exists(S, 'n'), State.load(S, 'x', 'none') }`,
    `await State.save(S, 'f', false); await State.save(S, 'n', null)
     return [await State.load(S, 'f', 'none'), (await State.load(S, 'n', 'none')) === null, await State.exists(S, 'n'), await State.load(S, 'x', 'none')]`,
    { value: [false, true, true, 'none'] },
  ),
  row(
    'forgets what has expired',
    `State.save(S, 'short', 1, { ttl = 30 }) State.save(S, 'long', 1, { ttl = '1h' })
     for _ = 1, 200 do if not State.exists(S, 'short') then break end Async.sleep(10) end
     return { State.load(S, 'short', 'gone'), State.load(S, 'long'), State.list_keys(S) }`,
    `await State.save(S, 'short', 1, { ttl: 30 }); await State.save(S, 'long', 1, { ttl: '1h' })
     for (let i = 0; i < 200 && await State.exists(S, 'short'); i++) await Async.sleep(10)
     return [await State.load(S, 'short', 'gone'), await State.load(S, 'long'), await State.listKeys(S)]`,
    { value: ['gone', 1, ['long']] },
  ),
  row(
    'refuses a version that has gone, and keeps what is there',
    `State.save(S, 'k', 'one')
     local seen = State.version(S, 'k')
     State.save(S, 'k', 'two')
     local ok, err = pcall(State.save, S, 'k', 'three', { if_version = seen })
     return { ok, err.code, err.details.expected == seen, err.details.found > seen, State.load(S, 'k') }`,
    `await State.save(S, 'k', 'one')
     const seen = await State.version(S, 'k')
     await State.save(S, 'k', 'two')
     const err = await State.save(S, 'k', 'three', { ifVersion: seen }).catch((e) => e)
     return [err === undefined, err.code, err.details.expected === seen, err.details.found > seen, await State.load(S, 'k')]`,
    { value: [false, 'STATE_CONFLICT', true, true, 'two'] },
  ),
  row(
    'runs the function of an update again where somebody was faster',
    `State.save(S, 'n', 1)
     local asked = 0
     local made = State.update(S, 'n', function(old)
       asked = asked + 1
       if asked == 1 then State.save(S, 'n', 10) end
       return old + 1
     end)
     return { asked, made, State.load(S, 'n') }`,
    `await State.save(S, 'n', 1)
     let asked = 0
     const made = await State.update(S, 'n', async (old) => {
       if (++asked === 1) await State.save(S, 'n', 10)
       return old + 1
     })
     return [asked, made, await State.load(S, 'n')]`,
    { value: [2, 11, 11] },
  ),
  row(
    'updates nothing where the function gives nothing',
    `State.save(S, 'n', 1)
     local ok, err = pcall(State.update, S, 'n', function() end)
     return { ok, err.code, State.load(S, 'n') }`,
    `await State.save(S, 'n', 1)
     const err = await State.update(S, 'n', () => {}).catch((e) => e)
     return [false, err.code, await State.load(S, 'n')]`,
    { value: [false, 'INPUT_INVALID', 1] },
  ),
  row(
    'passes on what the function of an update fails with',
    `State.update(S, 'n', function() error{ code = 'NO_LAMP', message = 'no lamp' } end)`,
    `await State.update(S, 'n', () => { throw new SpellError({ code: 'NO_LAMP', message: 'no lamp' }) })`,
    { code: 'NO_LAMP' },
  ),
  row(
    'gives up an update that changes its own key inside',
    `State.update(S, 'n', function(old) State.save(S, 'n', 1) return 2 end)`,
    `await State.update(S, 'n', async () => { await State.save(S, 'n', 1); return 2 })`,
    { code: 'STATE_CONFLICT' },
  ),
  row(
    'watches a pattern of keys until it is closed',
    `local shelf, seen = State.scope(S), {}
     local watch = shelf:watch('l*p', function(c) seen[#seen + 1] = c.op .. ' ' .. c.key .. ' ' .. tostring(c.value) end)
     shelf:set('lamp', 1) shelf:set('mug', 2) shelf:set('lip', 3) shelf:delete('lamp')
     for _ = 1, 300 do if #seen == 3 then break end Async.sleep(10) end
     local closed = watch:close()
     shelf:set('lamp', 4)
     Async.sleep(30)
     return { closed, watch:close(), #seen, seen[2], seen[3] }`,
    `const shelf = await State.scope(S), seen = []
     const watch = await shelf.watch('l*p', (c) => { seen.push(c.op + ' ' + c.key + ' ' + (c.value ?? 'nil')) })
     await shelf.set('lamp', 1); await shelf.set('mug', 2); await shelf.set('lip', 3); await shelf.delete('lamp')
     for (let i = 0; i < 300 && seen.length < 3; i++) await Async.sleep(10)
     const closed = await watch.close()
     await shelf.set('lamp', 4)
     await Async.sleep(30)
     return [closed, await watch.close(), seen.length, seen[1], seen[2]]`,
    { value: [true, false, 3, 'set lip 3', 'delete lamp nil'] },
  ),
  row(
    'means the current session by a plain word, and says where there is none',
    `local ok, err = pcall(State.load, 'session', 'k')
     local s = Session.create()
     State.save('session', 'k', 7)
     return { err.code, State.load('session:' .. s.id, 'k'), s:delete(), State.exists('session:' .. s.id, 'k') }`,
    `const err = await State.load('session', 'k').catch((e) => e)
     const s = await Session.create()
     await State.save('session', 'k', 7)
     return [err.code, await State.load('session:' + s.id, 'k'), await s.delete(), await State.exists('session:' + s.id, 'k')]`,
    { value: ['STATE_KEY_INVALID', 7, true, false] },
  ),
  row(
    'clears a scope of more keys than one part',
    `for i = 1, 1003 do State.save(S, 'k' .. i, i) end
     return { #State.list_keys(S, 'k100'), State.clear(S), State.list_keys(S) }`,
    `for (let i = 1; i <= 1003; i++) await State.save(S, 'k' + i, i)
     return [(await State.listKeys(S, 'k100')).length, await State.clear(S), await State.listKeys(S)]`,
    { value: [5, 1003, []] },
  ),
  row(
    'says that a scope is too large for one call',
    `local text = ('x'):rep(400000)
     for i = 1, 3 do State.save(S, 'k' .. i, text) end
     return { #State.list_keys(S), State.all(S) }`,
    `const text = 'x'.repeat(400000)
     for (let i = 1; i <= 3; i++) await State.save(S, 'k' + i, text)
     return [(await State.listKeys(S)).length, await State.all(S)]`,
    { code: 'VALUE_TOO_LARGE' },
  ),
  row(
    'is changed by hooks: key, value, answer and refusal',
    `Hook.register('BeforeStateWrite', function(ctx)
       if ctx.data.key == 'no' then return Hook.cancel('not this one') end
       if ctx.data.key == 'a' then ctx.data.key = 'b'; ctx.data.value = ctx.data.value * 2; return Hook.modify(ctx.data) end
     end)
     Hook.register('BeforeStateRead', function(ctx)
       if ctx.data.key == 'made' then return Hook.replace('up') end
     end)
     Hook.register('AfterStateRead', function(ctx)
       if ctx.data.key == 'b' then ctx.data.value = ctx.data.value + 1; return Hook.modify(ctx.data) end
     end)
     State.save(S, 'a', 5)
     local ok, err = pcall(State.save, S, 'no', 1)
     local cleared, why = pcall(function() Hook.register('state.write', function() return 'stays' end); State.clear(S) end)
     return { State.load(S, 'a', 'none'), State.load(S, 'b'), State.load(S, 'made'), err.code, cleared, why.code, State.list_keys(S) }`,
    `await Hook.register('BeforeStateWrite', (ctx) => {
       if (ctx.data.key === 'no') return Hook.cancel('not this one')
       if (ctx.data.key === 'a') { ctx.data.key = 'b'; ctx.data.value *= 2; return Hook.modify(ctx.data) }
     })
     await Hook.register('BeforeStateRead', (ctx) => { if (ctx.data.key === 'made') return Hook.replace('up') })
     await Hook.register('AfterStateRead', (ctx) => {
       if (ctx.data.key === 'b') { ctx.data.value++; return Hook.modify(ctx.data) }
     })
     await State.save(S, 'a', 5)
     const err = await State.save(S, 'no', 1).catch((e) => e)
     await Hook.register('state.write', () => 'stays')
     const why = await State.clear(S).catch((e) => e)
     return [await State.load(S, 'a', 'none'), await State.load(S, 'b'), await State.load(S, 'made'), err.code, false, why.code, await State.listKeys(S)]`,
    { value: ['none', 11, 'up', 'HOOK_CANCELLED', false, 'HOOK_CANCELLED', ['b']] },
  ),
  row(
    'stays in the scope that was asked for, whatever a hook answers',
    `Hook.register('state.read', function(ctx) ctx.data.scope = 'global'; return Hook.modify(ctx.data) end)
     State.load(S, 'k')`,
    `await Hook.register('state.read', (ctx) => { ctx.data.scope = 'global'; return Hook.modify(ctx.data) })
     await State.load(S, 'k')`,
    { code: 'HOOK_RESULT_INVALID' },
  ),
]

import { both } from '../scenario.ts'

/** Several things at once. */
export const ASYNC = [
  both(
    'waits for all, in a list and by name',
    'Async.all',
    `local list = Async.all{ function() Async.sleep(20) return 'slow' end, function() return 'fast' end }
     local named = Async.all{ a = function() return 1 end, b = function() return Probe.later('b', 5) end }
     return { list, named }`,
    `const list = await Async.all([async () => { await Async.sleep(20); return 'slow' }, () => 'fast'])
     const named = await Async.all({ a: () => 1, b: () => Probe.later('b', 5) })
     return [list, named]`,
    { value: [['slow', 'fast'], { a: 1, b: 'b' }] },
  ),
  both(
    'raises the first failure',
    'Async.all',
    `Async.all{ function() Async.sleep('1m') end, function() Probe.fail('OUT_OF_LUCK') end }`,
    `await Async.all([() => Async.sleep('1m'), () => Probe.fail('OUT_OF_LUCK')])`,
    { error: 'OUT_OF_LUCK' },
  ),
  both(
    'settles all',
    'Async.settle',
    `local rows = Async.settle{ function() return 1 end, function() error{ code = 'NO_LUCK', message = 'None.' } end }
     return { rows[1].ok, rows[1].value, rows[2].ok, rows[2].error.code, rows[2].error.message }`,
    `const rows = await Async.settle([() => 1, () => { throw new SpellError({ code: 'NO_LUCK', message: 'None.' }) }])
     return [rows[0].ok, rows[0].value, rows[1].ok, rows[1].error.code, rows[1].error.message]`,
    { value: [true, 1, false, 'NO_LUCK', 'None.'] },
  ),
  both(
    'takes the first',
    'Async.race',
    `return Async.race{ function() Async.sleep('1m') return 'slow' end, function() Async.sleep(1) return 'fast' end }`,
    `return Async.race([async () => { await Async.sleep('1m'); return 'slow' }, async () => { await Async.sleep(1); return 'fast' }])`,
    { value: 'fast' },
  ),
  both(
    'maps some at a time, in order',
    'Async.map',
    `local most, now = 0, 0
     local rows = Async.map({ 3, 1, 2, 5 }, function(n) now = now + 1 most = math.max(most, now) Async.sleep(n) now = now - 1 return n * 2 end, { max_concurrency = 2 })
     return { rows, most }`,
    `let most = 0, now = 0
     const rows = await Async.map([3, 1, 2, 5], async (n) => { now++; most = Math.max(most, now); await Async.sleep(n); now--; return n * 2 }, { maxConcurrency: 2 })
     return [rows, most]`,
    { value: [[6, 2, 4, 10], 2] },
  ),
  both(
    'spawns a task and waits for it',
    'Async.spawn Async.Task.await Async.Task.done',
    `local task = Async.spawn(function(a, b) Async.sleep(1) return a + b end, 40, 2)
     local before = task:done()
     return { before, task:await(), task:done() }`,
    `const task = Async.spawn(async (a, b) => { await Async.sleep(1); return a + b }, 40, 2)
     const before = task.done()
     return [before, await task.await(), task.done()]`,
    { value: [false, 42, true] },
  ),
  both(
    'cancels a task',
    'Async.Task.cancel',
    `local task = Async.spawn(function() Async.sleep('1m') end)
     Async.sleep(50)
     task:cancel()
     local ok, err = pcall(function() task:await() end)
     return { ok, err.code, task:done() }`,
    `const task = Async.spawn(() => Async.sleep('1m'))
     await Async.sleep(50)
     task.cancel()
     const err = await task.await().catch((e) => e)
     return [false, err.code, task.done()]`,
    { value: [false, 'CANCELLED', true], unordered: true },
  ),
  both(
    'gives up in time',
    'Async.timeout',
    `local ok, err = pcall(Async.timeout, '10ms', function() Async.sleep('1m') end)
     return { Async.timeout(5000, function() return 'in time' end), err.code, err.message }`,
    `const err = await Async.timeout('10ms', () => Async.sleep('1m')).catch((e) => e)
     return [await Async.timeout(5000, () => 'in time'), err.code, err.message]`,
    { value: ['in time', 'TIMEOUT', 'The function took longer than 10ms.'] },
  ),
  both(
    'refuses a duration that is none',
    'Async.sleep',
    `Async.sleep('soon')`,
    `await Async.sleep('soon')`,
    { error: 'INPUT_INVALID' },
  ),
  both(
    'ends when a spawned task has ended',
    'Async.spawn',
    `Async.spawn(function() Async.sleep(5) print('late') end) print('early')`,
    `Async.spawn(async () => { await Async.sleep(5); print('late') }); print('early')`,
  ),
  both(
    'fails when a spawned task fails',
    'Async.spawn',
    `Async.spawn(function() error{ code = 'NO_LUCK', message = 'None.' } end)`,
    `Async.spawn(() => { throw new SpellError({ code: 'NO_LUCK', message: 'None.' }) })`,
    { error: 'NO_LUCK' },
  ),
  both('refuses what is no function', 'Async.all', `Async.all{ 1 }`, `await Async.all([1])`, {
    error: 'INPUT_INVALID',
    loose: true,
  }),
]

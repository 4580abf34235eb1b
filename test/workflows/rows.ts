import type { Value } from '@llmspell/sdk'

/** One script in both languages and what it gives, or how it fails. */
export interface Row {
  readonly name: string
  readonly lua: string
  readonly javascript: string
  readonly value?: Value
  readonly error?: string
}

export const PLUGINS = [
  'permissions',
  'files',
  'http',
  'budgets',
  'models',
  'provider-mock',
  'language-models',
  'tools',
  'tool-calculator',
  'agents',
  'workflows',
  'engine-lua',
  'engine-fengari',
  'engine-javascript',
  'script-runtime',
] as const

const LUA_KIT = `
local function step(name, fn) return { name = name, run = fn } end
local function code(fn) local ok, err = pcall(fn) return err.code, err end
`
const JS_KIT = `
const step = (name, run) => ({ name, run })
const code = async (fn) => { try { await fn() } catch (err) { return [err.code, err] } }
`

/** A row whose scripts have the helpers of their language. */
function row(name: string, lua: string, javascript: string, value: Value): Row {
  return { name, lua: LUA_KIT + lua, javascript: JS_KIT + javascript, value }
}

export const PATTERNS: readonly Row[] = [
  row(
    'runs one step after the other and hands data on with its type',
    `local flow = Workflow.sequential{ name = 's', vars = { list = { 1, 2 } }, steps = {
       { name = 'add', tool = 'calculator', input = { expression = '{{input.n}} + 1' } },
       step('keep', function(ctx) return { n = ctx.steps.add.output.value, list = ctx.vars.list } end),
       step('see', function(ctx) return ctx.input end),
       { name = 'poet', agent = Agent.create{ name = 'p', model = 'mock/echo' }, input = 'n={{steps.keep.output.n}} {{steps.keep.output.list}}' } } }
     local r = flow:execute({ n = 41 })
     return { r.outputs.keep, r.outputs.see, r.text, r.success, r.metadata.extra.successful_steps }`,
    `const flow = await Workflow.sequential({ name: 's', vars: { list: [1, 2] }, steps: [
       { name: 'add', tool: 'calculator', input: { expression: '{{input.n}} + 1' } },
       step('keep', (ctx) => ({ n: ctx.steps.add.output.value, list: ctx.vars.list })),
       step('see', (ctx) => ctx.input),
       { name: 'poet', agent: await Agent.create({ name: 'p', model: 'mock/echo' }), input: 'n={{steps.keep.output.n}} {{steps.keep.output.list}}' } ] })
     const r = await flow.execute({ n: 41 })
     return [r.outputs.keep, r.outputs.see, r.text, r.success, r.metadata.extra.successfulSteps]`,
    [{ n: 42, list: [1, 2] }, { n: 41 }, 'n=42 [1,2]', true, 4],
  ),
  row(
    'takes the branch that the data selects',
    `local flow = Workflow.conditional{ name = 'c', branches = {
       { when = { value = '{{input}}', op = 'gt', to = 10 }, steps = { function() return 'large' end } },
       { when = function(ctx) return ctx.input > 5 end, steps = { function() return 'middle' end } },
       { when = { all = { { none = { false } }, { any = { { value = '{{input}}', op = 'eq', to = 3 } } } } }, steps = { function() return 'three' end } },
     }, default = { function() return 'small' end } }
     return { flow:execute(11).result, flow:execute(6).result, flow:execute(3).result, flow:execute(1).result }`,
    `const flow = await Workflow.conditional({ name: 'c', branches: [
       { when: { value: '{{input}}', op: 'gt', to: 10 }, steps: [() => 'large'] },
       { when: (ctx) => ctx.input > 5, steps: [() => 'middle'] },
       { when: { all: [{ none: [false] }, { any: [{ value: '{{input}}', op: 'eq', to: 3 }] }] }, steps: [() => 'three'] },
     ], default: [() => 'small'] })
     return [(await flow.execute(11)).result, (await flow.execute(6)).result, (await flow.execute(3)).result, (await flow.execute(1)).result]`,
    ['large', 'middle', 'three', 'small'],
  ),
  row(
    'runs all branches that match, and says so where none does',
    `local flow = Workflow.conditional{ name = 'c', match = 'all', branches = {
       { name = 'even', when = function(ctx) return ctx.input % 2 == 0 end, steps = { function() return 2 end } },
       { name = 'three', when = function(ctx) return ctx.input % 3 == 0 end, steps = { function() return 3 end } } } }
     local none = flow:execute(5)
     return { flow:execute(6).result, none.text, none.metadata.extra.branches }`,
    `const flow = await Workflow.conditional({ name: 'c', match: 'all', branches: [
       { name: 'even', when: (ctx) => ctx.input % 2 === 0, steps: [() => 2] },
       { name: 'three', when: (ctx) => ctx.input % 3 === 0, steps: [() => 3] } ] })
     const none = await flow.execute(5)
     return [(await flow.execute(6)).result, none.text, none.metadata.extra.branches]`,
    [{ even: 2, three: 3 }, "No branch of workflow 'c' matched, and it has no default.", []],
  ),
  row(
    'runs exactly its range, its collection, or as long as a condition holds',
    `local function loop(t) t.name = 'l' t.steps = t.steps or { function(ctx) return ctx.item end } return Workflow.loop(t):execute({ xs = { 'a', 'b' } }).result end
     return { loop{ range = { from = 1, to = 5, step = 2 } }, loop{ range = { start = 1, ['end'] = 4 } }, loop{ range = { from = 3, to = 1, step = -1 } },
       loop{ collection = '{{input.xs}}' }, loop{ collection = { { k = 1 } } },
       loop{ while_condition = function(ctx) return ctx.vars.n < 3 end, vars = { n = 0 }, steps = { function(ctx) ctx.vars.n = ctx.vars.n + 1 return ctx.vars.n * ctx.index end } },
       loop{ range = { from = 1, to = 9 }, break_when = function(ctx) return ctx.item == 2 end },
       loop{ range = { from = 1, to = 3 }, collect = 'last' } }`,
    `const loop = async (t) => (await (await Workflow.loop({ name: 'l', steps: [(ctx) => ctx.item], ...t })).execute({ xs: ['a', 'b'] })).result
     return [await loop({ range: { from: 1, to: 5, step: 2 } }), await loop({ range: { start: 1, end: 4 } }), await loop({ range: { from: 3, to: 1, step: -1 } }),
       await loop({ collection: '{{input.xs}}' }), await loop({ collection: [{ k: 1 }] }),
       await loop({ whileCondition: (ctx) => ctx.vars.n < 3, vars: { n: 0 }, steps: [(ctx) => { ctx.vars.n++; return ctx.vars.n * ctx.index }] }),
       await loop({ range: { from: 1, to: 9 }, breakWhen: (ctx) => ctx.item === 2 }),
       await loop({ range: { from: 1, to: 3 }, collect: 'last' })]`,
    [[1, 3, 5], [1, 2, 3], [3, 2, 1], ['a', 'b'], [{ k: 1 }], [1, 4, 9], [1, 2], 3],
  ),
  row(
    'ends a loop that does not end by itself',
    `return { (code(function() Workflow.loop{ name = 'l', while_condition = function() return true end, max_iterations = 3, steps = { function() return 1 end } }:execute() end)) }`,
    `return [(await code(async () => (await Workflow.loop({ name: 'l', whileCondition: () => true, maxIterations: 3, steps: [() => 1] })).execute()))[0]]`,
    ['WORKFLOW_LOOP_LIMIT'],
  ),
  row(
    'ends a workflow that executes itself',
    `local n, w = 0
     w = Workflow.sequential{ name = 'w', steps = { function() n = n + 1 return w:execute() end } }
     local _, err = code(function() w:execute() end)
     return { n, err.code }`,
    `let n = 0
     const w = await Workflow.sequential({ name: 'w', steps: [() => { n++; return w.execute() }] })
     const [, err] = await code(() => w.execute())
     return [n, err.code]`,
    [32, 'WORKFLOW_TOO_DEEP'],
  ),
  row(
    'runs steps beside each other, as many as allowed, and gives their outputs by name',
    `local now, most = 0, 0
     local function work() now = now + 1 most = math.max(most, now) Run.sleep(30) now = now - 1 return most end
     local function run(limit)
       most = 0
       local steps = {}
       for i = 1, 6 do steps[i] = step('s' .. i, work) end
       local r = Workflow.parallel{ name = 'p', max_concurrency = limit, steps = steps }:execute()
       local count = 0
       for _ in pairs(r.result) do count = count + 1 end
       return { most, count }
     end
     return { run(1), run(3), run(6) }`,
    `let now = 0, most = 0
     const work = async () => { most = Math.max(most, ++now); await Run.sleep(30); now--; return most }
     const run = async (maxConcurrency) => {
       most = 0
       const steps = [1, 2, 3, 4, 5, 6].map((i) => step('s' + i, work))
       const r = await (await Workflow.parallel({ name: 'p', maxConcurrency, steps })).execute()
       return [most, Object.keys(r.result).length]
     }
     return [await run(1), await run(3), await run(6)]`,
    [
      [1, 6],
      [3, 6],
      [6, 6],
    ],
  ),
  row(
    'waits for the first, for some, or for all whatever happens',
    `local function slow() Run.sleep(5000) return 0 end
     local function bad() error('bad') end
     local function run(wait, steps) local r = Workflow.parallel{ name = 'p', wait_for = wait, steps = steps }:execute() return { r.result, r.success, r.metadata.extra.skipped_steps } end
     local one = function(n) return function() return n end end
     return { run('race', { step('bad', bad), step('a', one(1)), { name = 'z', agent = Agent.create{ model = { model = 'mock/demo', settings = { fail = { kind = 'hang' } } } }, input = 'x' } }),
       run({ quorum = 2 }, { step('a', one(1)), step('bad', bad), step('b', one(2)) }),
       run('settle', { step('a', one(1)), step('bad', bad) }),
       (code(function() run({ quorum = 2 }, { step('a', one(1)), step('bad', bad) }) end)) }`,
    `const bad = () => { throw new Error('bad') }
     const run = async (waitFor, steps) => { const r = await (await Workflow.parallel({ name: 'p', waitFor, steps })).execute(); return [r.result, r.success, r.metadata.extra.skippedSteps] }
     return [await run('race', [step('bad', bad), step('a', () => 1), { name: 'z', agent: await Agent.create({ model: { model: 'mock/demo', settings: { fail: { kind: 'hang' } } } }), input: 'x' }]),
       await run({ quorum: 2 }, [step('a', () => 1), step('bad', bad), step('b', () => 2)]),
       await run('settle', [step('a', () => 1), step('bad', bad)]),
       (await code(() => run({ quorum: 2 }, [step('a', () => 1), step('bad', bad)])))[0]]`,
    [[{ a: 1 }, true, 1], [{ a: 1, b: 2 }, true, 0], [{ a: 1 }, false, 0], 'WORKFLOW_FAILED'],
  ),
  row(
    'sends items through stages, in order, from a list and from a function',
    `local n = 0
     local function run(t) t.name = 's' t.steps = { step('double', function(ctx) Run.sleep(5 - ctx.index) return ctx.item * 2 end), step('show', function(ctx) return ctx.index .. '=' .. ctx.item .. '=' .. ctx.steps.double.output end) }
       local r = Workflow.stream(t):execute() return { r.result or JSON.null, r.metadata.extra.rounds, r.steps[1].items } end
     return { run{ source = { 1, 2, 3 }, max_concurrency = 3 }, run{ source = function() n = n + 1 if n < 4 then return n end end, buffer = 1 },
       run{ source = { 1, 2 }, collect = 'last' } }`,
    `let n = 0
     const run = async (t) => { const r = await (await Workflow.stream({ name: 's', ...t, steps: [step('double', async (ctx) => { await Run.sleep(5 - ctx.index); return ctx.item * 2 }), step('show', (ctx) => ctx.index + '=' + ctx.item + '=' + ctx.steps.double.output)] })).execute()
       return [r.result ?? null, r.metadata.extra.rounds, r.steps[0].items] }
     return [await run({ source: [1, 2, 3], maxConcurrency: 3 }), await run({ source: () => (++n < 4 ? n : null), buffer: 1 }),
       await run({ source: [1, 2], collect: 'last' })]`,
    [
      [['1=2=2', '2=4=4', '3=6=6'], 3, 3],
      [null, 3, 3],
      ['2=4=4', 2, 2],
    ],
  ),
  row(
    'nests workflows, sequences and loops',
    `local inner = Workflow.loop{ name = 'inner', collection = '{{input}}', steps = { function(ctx) return ctx.item + 1 end } }
     local flow = Workflow.sequential{ name = 'o', steps = {
       { name = 'map', workflow = inner, input = '{{input.xs}}' },
       { name = 'group', steps = { step('a', function(ctx) return #ctx.steps.map.output end), step('b', function(ctx) return ctx.steps.a.output * 10 end) } },
       inner } }
     local ok, err = pcall(function() return flow:execute({ xs = { 1, 2 } }) end)
     return { Workflow.sequential{ name = 'q', steps = { { name = 'map', workflow = inner, input = '{{input.xs}}' },
       { name = 'group', steps = { step('a', function(ctx) return #ctx.steps.map.output end), step('b', function(ctx) return ctx.steps.a.output * 10 end) } } } }:execute({ xs = { 1, 2 } }).outputs.group, ok, err.details.step }`,
    `const inner = await Workflow.loop({ name: 'inner', collection: '{{input}}', steps: [(ctx) => ctx.item + 1] })
     const two = [{ name: 'map', workflow: inner, input: '{{input.xs}}' },
       { name: 'group', steps: [step('a', (ctx) => ctx.steps.map.output.length), step('b', (ctx) => ctx.steps.a.output * 10)] }]
     const flow = await Workflow.sequential({ name: 'o', steps: [...two, inner] })
     const [, err] = await code(() => flow.execute({ xs: [1, 2] }))
     return [(await (await Workflow.sequential({ name: 'q', steps: two })).execute({ xs: [1, 2] })).outputs.group, false, err.details.step]`,
    [20, false, 'step_3'],
  ),
]

export const ERRORS: readonly Row[] = [
  row(
    'ends with the first failure and says what came before',
    `local c, e = code(function() Workflow.sequential{ name = 'w', steps = { step('a', function() return 1 end), step('b', function() error{ code = 'MINE', message = 'no' } end), step('c', function() return 3 end) } }:execute() end)
     return { c, e.details.step, e.details.error.code, e.details.result.outputs, e.details.result.success }`,
    `const [c, e] = await code(async () => (await Workflow.sequential({ name: 'w', steps: [step('a', () => 1), step('b', () => { throw new SpellError({ code: 'MINE', message: 'no' }) }), step('c', () => 3)] })).execute())
     return [c, e.details.step, e.details.error.code, e.details.result.outputs, e.details.result.success]`,
    ['WORKFLOW_FAILED', 'b', 'MINE', { a: 1 }, false],
  ),
  row(
    'goes on where it is told to, and hides nothing',
    `local r = Workflow.sequential{ name = 'w', error_strategy = 'continue', steps = { step('a', function() error('x') end), step('b', function(ctx) return ctx.steps.a.status end) } }:execute()
     return { r.success, r.error.message, r.result, r.metadata.extra.failed_steps }`,
    `const r = await (await Workflow.sequential({ name: 'w', errorStrategy: 'continue', steps: [step('a', () => { throw new Error('x') }), step('b', (ctx) => ctx.steps.a.status)] })).execute()
     return [r.success, r.error.message, r.result, r.metadata.extra.failedSteps]`,
    [false, 'x', 'failed', 1],
  ),
  row(
    'tries again, as often as it is told to',
    `local n = 0
     local function flaky(ctx) n = n + 1 if n < 3 then error('not yet') end return n end
     local fast = { max_attempts = 3, delay = 1 }
     local r = Workflow.sequential{ name = 'w', error_strategy = { retry = fast }, steps = { step('a', flaky) } }:execute()
     n = -5
     local s = Workflow.sequential{ name = 'w', error_strategy = { retry = fast, otherwise = 'continue' }, steps = { step('a', flaky) } }:execute()
     return { r.result, r.steps[1].retry_count, s.success, s.steps[1].retry_count, n }`,
    `let n = 0
     const flaky = () => { if (++n < 3) throw new Error('not yet'); return n }
     const fast = { maxAttempts: 3, delay: 1 }
     const r = await (await Workflow.sequential({ name: 'w', errorStrategy: { retry: fast }, steps: [step('a', flaky)] })).execute()
     n = -5
     const s = await (await Workflow.sequential({ name: 'w', errorStrategy: { retry: fast, otherwise: 'continue' }, steps: [step('a', flaky)] })).execute()
     return [r.result, r.steps[0].retryCount, s.success, s.steps[0].retryCount, n]`,
    [3, 2, false, 2, -2],
  ),
  row(
    'does what on_error decides, the step before the workflow',
    `local asked = {}
     local function bad() error('bad') end
     local function says(who, action) return function(err, ctx) asked[#asked + 1] = who .. ctx.name .. err.message return action end end
     local r = Workflow.sequential{ name = 'w', on_error = says('w', { action = 'use', output = 7 }), steps = {
       { name = 'a', run = bad, on_error = says('a', { action = 'skip' }) }, { name = 'b', run = bad, on_error = says('b', nil) } } }:execute()
     local c = code(function() Workflow.sequential{ name = 'w', error_strategy = 'continue', steps = { { name = 'a', run = bad, on_error = says('f', { action = 'fail' }) } } }:execute() end)
     local d, e = code(function() Workflow.sequential{ name = 'w', steps = { { name = 'a', run = bad, on_error = says('x', { action = 'dance' }) } } }:execute() end)
     return { r.steps[1].status, r.steps[2].output, r.success, c, d, asked }`,
    `const asked = []
     const bad = () => { throw new Error('bad') }
     const says = (who, action) => (err, ctx) => { asked.push(who + ctx.name + err.message); return action }
     const r = await (await Workflow.sequential({ name: 'w', onError: says('w', { action: 'use', output: 7 }), steps: [
       { name: 'a', run: bad, onError: says('a', { action: 'skip' }) }, { name: 'b', run: bad, onError: says('b', null) } ] })).execute()
     const [c] = await code(async () => (await Workflow.sequential({ name: 'w', errorStrategy: 'continue', steps: [{ name: 'a', run: bad, onError: says('f', { action: 'fail' }) }] })).execute())
     const [d] = await code(async () => (await Workflow.sequential({ name: 'w', steps: [{ name: 'a', run: bad, onError: says('x', { action: 'dance' }) }] })).execute())
     return [r.steps[0].status, r.steps[1].output, r.success, c, d, asked]`,
    [
      'skipped',
      7,
      true,
      'WORKFLOW_FAILED',
      'WORKFLOW_DECISION_INVALID',
      ['awbad', 'bwbad', 'wwbad', 'fwbad', 'xwbad'],
    ],
  ),
  row(
    'runs a fallback, leaves out what is optional, and skips what does not hold',
    `local function bad() error('bad') end
     local r = Workflow.sequential{ name = 'w', steps = { { name = 'a', run = bad, fallback = function(ctx) return ctx.steps.a.error.message end },
       { name = 'b', run = bad, optional = true }, { name = 'c', run = bad, when = { step = 'b', status = 'completed' } }, step('d', function(ctx) return ctx.steps.a.output .. ctx.steps.b.status .. ctx.steps.c.status end) } }:execute()
     return { r.success, r.result, r.steps[1].name }`,
    `const bad = () => { throw new Error('bad') }
     const r = await (await Workflow.sequential({ name: 'w', steps: [{ name: 'a', run: bad, fallback: (ctx) => ctx.steps.a.error.message },
       { name: 'b', run: bad, optional: true }, { name: 'c', run: bad, when: { step: 'b', status: 'completed' } }, step('d', (ctx) => ctx.steps.a.output + ctx.steps.b.status + ctx.steps.c.status)] })).execute()
     return [r.success, r.result, r.steps[0].name]`,
    [true, 'badfailedskipped', 'a_fallback'],
  ),
  row(
    'tells a failure inside of others once: a line for each, and the cause whole',
    `local function nest(n)
       if n == 0 then return step('deep', function() error('the disk is full') end) end
       return { name = 's' .. n, workflow = Workflow.sequential{ name = 'w' .. n, steps = { nest(n - 1) } } }
     end
     local c, e = code(function() Workflow.sequential{ name = 'top', steps = { nest(5) } }:execute() end)
     local lines = {}
     for line in e.message:gmatch('[^\\n]+') do lines[#lines + 1] = line end
     return { lines[1], lines[6], #lines, e.details.error.message, #JSON.stringify(e.details) < 10000 }`,
    `const fail = () => { throw new Error('the disk is full') }
     const nest = async (n) => n === 0 ? step('deep', fail)
       : { name: 's' + n, workflow: await Workflow.sequential({ name: 'w' + n, steps: [await nest(n - 1)] }) }
     const top = await Workflow.sequential({ name: 'top', steps: [await nest(5)] })
     const [, e] = await code(() => top.execute())
     const lines = e.message.split('\\n')
     return [lines[0], lines[5], lines.length, e.details.error.message, JSON.stringify(e.details).length < 10000]`,
    [
      "Workflow 'top' failed at step 's5':",
      "Workflow 'w1' failed at step 'deep': the disk is full",
      6,
      'the disk is full',
      true,
    ],
  ),
  row(
    'undoes what was done, the last first, and goes on where an undoing fails',
    `local log = {}
     local function done(n) return { name = n, run = function() return n end, compensate = function(ctx) log[#log + 1] = ctx.steps[n].output if n == 'b' then error('cannot') end end } end
     local c, e = code(function() Workflow.sequential{ name = 'w', steps = { done('a'), done('b'), done('c'), step('d', function() error('x') end), done('e') } }:execute() end)
     local rows = {}
     for i, row in ipairs(e.details.result.metadata.extra.compensated) do rows[i] = row.step .. tostring(row.ok) end
     return { log, rows }`,
    `const log = []
     const done = (n) => ({ name: n, run: () => n, compensate: (ctx) => { log.push(ctx.steps[n].output); if (n === 'b') throw new Error('cannot') } })
     const [, e] = await code(async () => (await Workflow.sequential({ name: 'w', steps: [done('a'), done('b'), done('c'), step('d', () => { throw new Error('x') }), done('e')] })).execute())
     return [log, e.details.result.metadata.extra.compensated.map((row) => row.step + row.ok)]`,
    [
      ['c', 'b', 'a'],
      ['ctrue', 'bfalse', 'atrue'],
    ],
  ),
  row(
    'ends in time: a step, a whole workflow, and a model that hangs; what was done is undone',
    `local undone = false
     local hang = Agent.create{ model = { model = 'mock/demo', settings = { fail = { kind = 'hang' } } } }
     local a, e = code(function() Workflow.sequential{ name = 'w', steps = { { name = 's', agent = hang, input = 'x', timeout = 30 } } }:execute() end)
     local b = code(function() Workflow.sequential{ name = 'w', timeout = 30, steps = { { name = 'r', run = function() return 1 end, compensate = function() undone = true end }, { name = 's', agent = hang, input = 'x' } } }:execute() end)
     return { a, e.details.error.code, b, undone, hang:state() }`,
    `let undone = false
     const hang = await Agent.create({ model: { model: 'mock/demo', settings: { fail: { kind: 'hang' } } } })
     const [a, e] = await code(async () => (await Workflow.sequential({ name: 'w', steps: [{ name: 's', agent: hang, input: 'x', timeout: 30 }] })).execute())
     const [b] = await code(async () => (await Workflow.sequential({ name: 'w', timeout: 30, steps: [{ name: 'r', run: () => 1, compensate: () => { undone = true } }, { name: 's', agent: hang, input: 'x' }] })).execute())
     return [a, e.details.error.code, b, undone, await hang.state()]`,
    ['WORKFLOW_FAILED', 'TIMEOUT', 'TIMEOUT', true, 'failed'],
  ),
]

export const DATA: readonly Row[] = [
  row(
    'shows each function all steps before it, as they are and each with a copy of its own',
    `local steps = {}
     for i = 1, 70 do steps[i] = step('s' .. i, function(ctx)
       local n, before = 0, ctx.steps['s' .. (i - 1)]
       for _ in pairs(ctx.steps) do n = n + 1 end
       if before then before.output.n = -1 end
       ctx.steps.own = { output = 'mine' }
       return { n = n, before = before and ctx.steps['s' .. (i - 1)].output.n, missing = ctx.steps.nothing == nil,
         first = i > 2 and ctx.steps.s1.output.n or nil }
     end) end
     steps[71] = step('all', function(ctx) return ctx.steps end)
     steps[72] = step('json', function(ctx) return { #JSON.stringify(ctx.steps) > 1000, ctx.steps.all.output.s70.output.n } end)
     local r = Workflow.sequential{ name = 'many', steps = steps }:execute()
     return { r.outputs.s1, r.outputs.s3, r.outputs.s70, r.outputs.all.s69.output, r.outputs.json }`,
    `const steps = Array.from({ length: 70 }, (_, k) => k + 1).map((i) => step('s' + i, (ctx) => {
       const before = ctx.steps['s' + (i - 1)]
       const n = Object.keys(ctx.steps).length
       if (before) before.output.n = -1
       ctx.steps.own = { output: 'mine' }
       return { n, before: before ? ctx.steps['s' + (i - 1)].output.n : undefined, missing: !('nothing' in ctx.steps),
         first: i > 2 ? ctx.steps.s1.output.n : undefined }
     }))
     steps.push(step('all', (ctx) => ctx.steps))
     steps.push(step('json', (ctx) => [JSON.stringify(ctx.steps).length > 1000, ctx.steps.all.output.s70.output.n]))
     const r = await (await Workflow.sequential({ name: 'many', steps })).execute()
     return [r.outputs.s1, r.outputs.s3, r.outputs.s70, r.outputs.all.s69.output, r.outputs.json]`,
    [
      { n: 0, missing: true },
      { n: 2, before: -1, missing: true, first: 0 },
      { n: 69, before: -1, missing: true, first: 0 },
      { n: 68, before: -1, missing: true, first: 0 },
      [true, 69],
    ],
  ),
  row(
    'shows the functions of a loop and of lanes the steps of their own',
    `local flow = Workflow.loop{ name = 'l', range = { from = 1, to = 3 }, max_concurrency = 2, steps = {
       step('a', function(ctx) return ctx.index end),
       step('b', function(ctx) return ctx.steps.a.output * 10 end),
       { name = 'c', steps = { step('d', function(ctx) return ctx.steps.b.output + ctx.steps.a.output end) } },
       step('e', function(ctx) return ctx.steps.c.output end) } }
     return flow:execute().result`,
    `const flow = await Workflow.loop({ name: 'l', range: { from: 1, to: 3 }, maxConcurrency: 2, steps: [
       step('a', (ctx) => ctx.index),
       step('b', (ctx) => ctx.steps.a.output * 10),
       { name: 'c', steps: [step('d', (ctx) => ctx.steps.b.output + ctx.steps.a.output)] },
       step('e', (ctx) => ctx.steps.c.output) ] })
     return (await flow.execute()).result`,
    [11, 22, 33],
  ),
  row(
    'never expands again what a template has put in',
    `local r = Workflow.sequential{ name = 'w', vars = { secret = 'S' }, steps = { step('a', function() return '{{vars.secret}} {{input}}' end),
       { name = 'b', agent = Agent.create{ model = 'mock/echo' }, input = 'said {{steps.a.output}}' }, { name = 'c', tool = 'calculator', input = { expression = '1' }, when = { value = '{{steps.a.output}}', op = 'contains', to = '{' } } } }:execute('I')
     return { r.outputs.b }`,
    `const r = await (await Workflow.sequential({ name: 'w', vars: { secret: 'S' }, steps: [step('a', () => '{{vars.secret}} {{input}}'),
       { name: 'b', agent: await Agent.create({ model: 'mock/echo' }), input: 'said {{steps.a.output}}' }, { name: 'c', tool: 'calculator', input: { expression: '1' }, when: { value: '{{steps.a.output}}', op: 'contains', to: '{' } }] })).execute('I')
     return [r.outputs.b]`,
    ['said {{vars.secret}} {{input}}'],
  ),
  row(
    'names what a template cannot find, with what was meant',
    `local c, e = code(function() Workflow.sequential{ name = 'w', steps = { { name = 'a', tool = 'calculator', input = { expression = '{{input.nmae}}' } } } }:execute({ name = '1' }) end)
     local d, f = code(function() Workflow.sequential{ name = 'w', steps = { step('first', function() end), { name = 'b', tool = 'calculator', input = { expression = '{{steps.frist.output}}' } } } } end)
     return { e.details.error.code, e.details.error.hint, d, f.details.problems[1].path }`,
    `const [, e] = await code(async () => (await Workflow.sequential({ name: 'w', steps: [{ name: 'a', tool: 'calculator', input: { expression: '{{input.nmae}}' } }] })).execute({ name: '1' }))
     const [d, f] = await code(() => Workflow.sequential({ name: 'w', steps: [step('first', () => {}), { name: 'b', tool: 'calculator', input: { expression: '{{steps.frist.output}}' } }] }))
     return [e.details.error.code, e.details.error.hint, d, f.details.problems[0].path]`,
    [
      'WORKFLOW_REFERENCE_UNKNOWN',
      "Did you mean 'name'?",
      'WORKFLOW_INVALID',
      'steps[1].input.expression',
    ],
  ),
  row(
    'refuses to compare a number with text, and breaks off a pattern without end',
    `local function ask(op, value, to) local c, e = code(function() return Workflow.conditional{ name = 'w', branches = { { when = { value = '{{input.value}}', op = op, to = '{{input.to}}' }, steps = { function() return 1 end } } } }:execute({ value = value, to = to }) end) return c end
     return { ask('gt', '5', 3), ask('eq', 5, '5'), ask('matches', ('a'):rep(40) .. '!', '^(a+)+$') }`,
    `const ask = async (op, value, to) => (await code(async () => (await Workflow.conditional({ name: 'w', branches: [{ when: { value: '{{input.value}}', op, to: '{{input.to}}' }, steps: [() => 1] }] })).execute({ value, to })))[0]
     return [await ask('gt', '5', 3), await ask('eq', 5, '5'), await ask('matches', 'a'.repeat(40) + '!', '^(a+)+$')]`,
    ['WORKFLOW_CONDITION_INVALID', 'WORKFLOW_CONDITION_INVALID', 'WORKFLOW_CONDITION_INVALID'],
  ),
  row(
    'runs a thousand steps',
    `local steps = {}
     for i = 1, 1000 do steps[i] = step('s' .. i, function(ctx) ctx.vars.n = ctx.vars.n + 1 return i end) end
     local w = Workflow.sequential{ name = 'w', vars = { n = 0 }, steps = steps }
     local r = w:execute()
     return { r.result, r.metadata.extra.successful_steps, r.outputs.s500 }`,
    `const steps = Array.from({ length: 1000 }, (_, i) => step('s' + (i + 1), (ctx) => { ctx.vars.n++; return i + 1 }))
     const r = await (await Workflow.sequential({ name: 'w', vars: { n: 0 }, steps })).execute()
     return [r.result, r.metadata.extra.successfulSteps, r.outputs.s500]`,
    [1000, 1000, 500],
  ),
  row(
    'calls before and after, and keeps what is shared',
    `local log = {}
     local w = Workflow.sequential{ name = 'w', vars = { n = 1 }, before = function(ctx) log[#log + 1] = 'before' .. ctx.vars.n end, after = function(ctx) log[#log + 1] = 'after' .. ctx.vars.n end, steps = { function(ctx) ctx.vars.n = ctx.vars.n + 1 return ctx.vars.n end } }
     w:set_shared_data('n', 5)
     local first = w:execute().result
     return { first, log, w:get_shared_data('n'), w:get_output('step_1').output, (code(function() w:get_output('stpe_1') end)) }`,
    `const log = []
     const w = await Workflow.sequential({ name: 'w', vars: { n: 1 }, before: (ctx) => { log.push('before' + ctx.vars.n) }, after: (ctx) => { log.push('after' + ctx.vars.n) }, steps: [(ctx) => ++ctx.vars.n] })
     await w.setSharedData('n', 5)
     const first = (await w.execute()).result
     return [first, log, await w.getSharedData('n'), (await w.getOutput('step_1')).output, (await code(() => w.getOutput('stpe_1')))[0]]`,
    [6, ['before5', 'after6'], 5, 6, 'STEP_NOT_FOUND'],
  ),
]

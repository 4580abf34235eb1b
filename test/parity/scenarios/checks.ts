import { both } from '../scenario.ts'

/** The checks of test scripts, budgets of a part, and what the offline model cannot do. */
export const CHECKS = [
  both(
    'checks what it has found',
    'Test.case Test.equal Test.matches Test.raises Test.ok',
    `local seen = {}
     Test.case('all hold', function()
       Test.equal({ a = { 1, 2 }, b = 'x' }, { a = { 1, 2 }, b = 'x' })
       Test.matches('Oslo 2026', '[0-9]{4}$')
       Test.ok(1 < 2, 'less')
       seen = { Test.raises(function() Agent.create{ name = 'x', tools = { 'nosuch' } } end, 'TOOL_NOT_FOUND').code }
     end)
     return seen`,
    `let seen = []
     await Test.case('all hold', async () => {
       await Test.equal({ a: [1, 2], b: 'x' }, { a: [1, 2], b: 'x' })
       await Test.matches('Oslo 2026', '[0-9]{4}$')
       await Test.ok(1 < 2, 'less')
       seen = [(await Test.raises(() => Agent.create({ name: 'x', tools: ['nosuch'] }), 'TOOL_NOT_FOUND')).code]
     })
     return seen`,
    { value: ['TOOL_NOT_FOUND'] },
  ),
  both(
    'finds a difference',
    'Test.equal',
    `Test.equal({ a = { 1, 2 } }, { a = { 1, 3 } }, 'lamps')`,
    `await Test.equal({ a: [1, 2] }, { a: [1, 3] }, 'lamps')`,
    { error: 'TEST_FAILED', loose: true },
  ),
  both(
    'finds no place that matches',
    'Test.matches',
    `Test.matches('Oslo', '^[0-9]')`,
    `await Test.matches('Oslo', '^[0-9]')`,
    { error: 'TEST_FAILED' },
  ),
  both(
    'finds that it does not hold',
    'Test.ok',
    `Test.ok(false, 'dry')`,
    `await Test.ok(false, 'dry')`,
    {
      error: 'TEST_FAILED',
    },
  ),
  both(
    'finds that nothing is raised',
    'Test.raises',
    `Test.raises(function() end, 'NO_LAMP')`,
    `await Test.raises(() => {}, 'NO_LAMP')`,
    { error: 'TEST_FAILED' },
  ),
  both(
    'fails in a case',
    'Test.case',
    `Test.case('one', function() Test.equal(1, 2) end)`,
    `await Test.case('one', () => Test.equal(1, 2))`,
    { error: 'TEST_FAILED' },
  ),
  both(
    'gives a part a budget',
    'Run.with_budget',
    `return Run.with_budget({ max_steps = 3, max_tokens = 20000 }, function()
       local r = Agent.create{ name = 'x' }:execute('Hello')
       local b = Run.budget()
       return { r.text, b.max_tokens, b.used.tokens > 0 }
     end)`,
    `return Run.withBudget({ maxSteps: 3, maxTokens: 20000 }, async () => {
       const r = await (await Agent.create({ name: 'x' })).execute('Hello')
       const b = await Run.budget()
       return [r.text, b.maxTokens, b.used.tokens > 0]
     })`,
  ),
  both(
    'uses the budget of a part up',
    'Run.with_budget',
    `Run.with_budget({ max_tokens = 1 }, function() return Agent.create{ name = 'x' }:execute('Hello').text end)`,
    `await Run.withBudget({ maxTokens: 1 }, async () => (await (await Agent.create({ name: 'x' })).execute('Hello')).text)`,
    { error: 'BUDGET_EXCEEDED' },
  ),
  both(
    'asks a model for numbers that has none',
    'Provider.embed',
    `return Provider.embed('mock/demo', { 'a lamp' })`,
    `return await Provider.embed('mock/demo', ['a lamp'])`,
    { error: 'PROVIDER_CANNOT' },
  ),
  both(
    'has a model fetched that nobody can fetch',
    'Provider.pull',
    `for step in Provider.pull('mock/demo') do print(step.status) end`,
    `for await (const step of Provider.pull('mock/demo')) print(step.status)`,
    { error: 'PROVIDER_CANNOT' },
  ),
]

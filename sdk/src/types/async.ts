import type { ScriptFunction, ScriptModule } from '../contracts/script-module.ts'

const fn = { 'x-callback': {} }
const many = {
  anyOf: [
    { type: 'array', items: fn },
    { type: 'object', additionalProperties: fn },
  ],
}
const duration = { anyOf: [{ type: 'number' }, { type: 'string' }] }

const work = {
  name: 'work',
  schema: many,
  doc: 'Functions, or tasks, in a list or by name; JavaScript takes promises too.',
}

function one(doc: string, more: Partial<ScriptFunction>, lua: string, javascript: string) {
  return { doc, params: [work], examples: [{ lua, javascript }], since: '0.1.0', ...more }
}

/** `Async` as data. Engines bring it themselves, because it never leaves them. */
export const ASYNC: ScriptModule = {
  name: 'Async',
  version: '1.0.0',
  doc: 'Several things at once, in one script.',
  functions: {
    all: one(
      'Runs each function as a task and waits for all. The first failure cancels the others and is raised.',
      { result: {} },
      'print(#Async.all{ function() return 1 end, function() return 2 end })',
      'print((await Async.all([() => 1, () => 2])).length)',
    ),
    settle: one(
      'Waits for all, failed or not.',
      {
        result: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['ok'],
            properties: { ok: { type: 'boolean' }, value: {}, error: {} },
          },
        },
      },
      'print(Async.settle{ function() error("no") end }[1].ok)',
      "print((await Async.settle([() => { throw new Error('no') }]))[0].ok)",
    ),
    race: one(
      'The outcome of the first to end; the others are cancelled.',
      { result: {}, params: [work] },
      'print(Async.race{ function() return "first" end, function() Async.sleep("1s") end })',
      "print(await Async.race([() => 'first', () => Async.sleep('1s')]))",
    ),
    map: one(
      'Calls the function with each item and its position, some at a time. Results keep the order.',
      {
        params: [
          { name: 'list', schema: { type: 'array', items: {} } },
          { name: 'fn', schema: fn },
          {
            name: 'options',
            optional: true,
            schema: {
              type: 'object',
              additionalProperties: false,
              properties: {
                max_concurrency: {
                  type: 'integer',
                  default: 8,
                  description: 'How many run at the same time.',
                },
              },
            },
          },
        ],
        result: { type: 'array', items: {} },
      },
      'print(Async.map({ 1, 2 }, function(n) return n * 2 end, { max_concurrency = 2 })[2])',
      'print((await Async.map([1, 2], (n) => n * 2, { maxConcurrency: 2 }))[1])',
    ),
    spawn: one(
      'Starts a function as a task and goes on. In Lua, and in JavaScript, further values are its arguments.',
      { kind: 'local', params: [{ name: 'fn', schema: fn }], result: { 'x-handle': 'Task' } },
      'local task = Async.spawn(function(n) return n + 1 end, 41)\nprint(task:await())',
      'const task = Async.spawn((n) => n + 1, 41)\nprint(await task.await())',
    ),
    timeout: one(
      'Calls the function; TIMEOUT when it takes longer.',
      {
        params: [
          { name: 'duration', schema: duration, doc: 'Milliseconds, or text such as "30s".' },
          { name: 'fn', schema: fn },
        ],
        result: {},
        errors: ['TIMEOUT'],
      },
      'print(Async.timeout("5s", function() return "in time" end))',
      "print(await Async.timeout('5s', () => 'in time'))",
    ),
    sleep: one(
      'Waits without holding up other tasks.',
      { params: [{ name: 'duration', schema: duration }] },
      'Async.sleep("10ms")',
      "await Async.sleep('10ms')",
    ),
  },
  handles: {
    Task: {
      doc: 'A function under way.',
      methods: {
        await: one(
          'Waits for its end and gives what it returned, or raises what it raised.',
          { params: [], result: {} },
          'print(Async.spawn(function() return 7 end):await())',
          'print(await Async.spawn(() => 7).await())',
        ),
        cancel: one(
          'Ends it; waiting for it raises CANCELLED.',
          { kind: 'local', params: [] },
          'local task = Async.spawn(function() Async.sleep("1m") end)\ntask:cancel()',
          "const task = Async.spawn(() => Async.sleep('1m'))\ntask.cancel()",
        ),
        done: one(
          'True once it has ended.',
          { kind: 'local', params: [], result: { type: 'boolean' } },
          'local task = Async.spawn(function() return 1 end)\ntask:await()\nprint(task:done())',
          'const task = Async.spawn(() => 1)\nawait task.await()\nprint(task.done())',
        ),
      },
    },
  },
}

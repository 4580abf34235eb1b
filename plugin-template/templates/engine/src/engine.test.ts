import { engineSuite } from '@llmspell/sdk/testing'
import { expect, test } from 'vitest'
import { engine } from './engine.ts'
import { parse } from './parser.ts'

// What every engine promises. A row without a script here is one that the language has no words for.
engineSuite({
  engine,
  language: 'my-plugin',
  scripts: {
    'gives the value of the script': 'return { "a": 1, "b": [true, "x"] }',
    'takes values out and in unchanged, at once and later':
      'v = Probe.echo({ "n": 9007199254740992, "i": -7, "f": 1.5, "s": "äöü🌍", "e": {}, "l": [{}, 1] })\nreturn Probe.later(v)',
    'keeps arrived arrays as arrays, empty ones too': 'return Probe.echo(Probe.shapes())',
    'makes an empty table what the schema wants': 'return Probe.list([])',
    'carries bytes both ways': 'return Probe.echo(Probe.bytes())',
    'refuses NaN and infinity': 'return Probe.echo(0 / 0)',
    'refuses keys that reach prototypes': 'return Probe.echo({ "__proto__": 1 })',
    'refuses forged references': 'return Probe.echo({ "$llmspell": "handle", "type": "Door" })',
    'reports an uncaught failure of the host where it was called': '\nx = 1\nProbe.fail()',
    'reports an error of the script with file, line and trace': '\nfail("broken")',
    'reports where the syntax is wrong': 'a = 1\nb = = 2',
    'names the nearest function': 'Probe.ehco(1)',
    'hides hidden functions': 'Probe.secret()',
    'gives handles with fields and methods, and takes them back by id':
      'd = Probe.open("front")\nreturn [d.name, d.knock(3), "door-front", "door-front", true]',
    'reads fields of a module without a call': 'return Probe.version',
    'makes a result readable as its text':
      'r = Probe.answer()\nreturn ["" + r, "= " + r, r.data.n]',
    'sends one-way calls and output': 'Probe.note("hi")\nprint("a", 1)\nwrite("b")',
    'ends the run at the memory limit, whatever the script catches': `a = "x"\n${'a = a + a\n'.repeat(26)}`,
  },
  entries: {
    set: 'answer = 41',
    get: 'answer + 1',
    open: 'print(',
    bad: 'x = = 1',
    fail: 'fail("no")',
  },
  waits: 'Probe.wait(5000)',
})

test.each([
  ['return 2 + 3 * 4', 14],
  ['return (2 + 3) * 4 # not more', 20],
  ['return -2 - -3', 1],
  ['return "a" + 1 + [2]', 'a1[2]'],
  ['x = { "y": [1] }\nreturn x.y', [1]],
])('runs %j', async (source, expected) => {
  const session = await engine.open({
    facts: { runId: '1', script: 'a', args: [], seed: '', startedAt: 0 },
    limits: { memoryBytes: 1_000_000 },
    modules: [],
    describe: () => expect.unreachable(),
    locals: {},
    field: () => undefined,
    call: () => expect.unreachable(),
    callInPlace: () => expect.unreachable(),
    notify: () => undefined,
    write: () => undefined,
    enter: (fn) => fn(),
  })
  expect(await session.run({ source, file: 'a' })).toEqual(expected)
})

test.each(['return', 'a = 1 2', '[1, 2', '{ 1: 2 }', 'a.1', '?', '('.repeat(1000)])(
  'refuses %j with its place',
  (source) => {
    expect(() => parse(source, 'a')).toThrow(expect.objectContaining({ code: 'SCRIPT_SYNTAX' }))
  },
)

import type { Value } from '@llmspell/sdk'

/** A script in both languages, and what it must come to. */
export interface Row {
  readonly name: string
  readonly lua: string
  readonly javascript: string
  readonly value?: Value
  readonly code?: string
  /** What each line of the log must have in it; without it the log must be empty. */
  readonly log?: readonly (string | RegExp)[]
}

const row = (
  name: string,
  lua: string,
  javascript: string,
  expected: Pick<Row, 'value' | 'code' | 'log'>,
): Row => ({ name, lua, javascript, ...expected })

/** `point` with one hook that returns `answer`, and what firing it gives. */
function answers(
  name: string,
  point: string,
  [lua, javascript]: readonly [string, string],
  expected: Pick<Row, 'value' | 'code' | 'log'>,
): Row {
  return row(
    name,
    `Hook.register('${point}', function(ctx) return ${lua} end)
     return Stage.fire('${point}', { params = { n = 1 } })`,
    `await Hook.register('${point}', (ctx) => (${javascript}))
     return await Stage.fire('${point}', { params: { n: 1 } })`,
    expected,
  )
}

const same = (text: string): readonly [string, string] => [text, text]
const went = { changed: false }

/** Only the parts that a row names are compared. */
const fired = (parts: object) => ({ value: parts as Value })

/** Every answer, in every way of writing it, at points that take it. */
export const ANSWERS: readonly Row[] = [
  answers('goes on with nothing', 'stage.ask', ['nil', 'undefined'], fired(went)),
  answers('goes on by word', 'stage.ask', same("'continue'"), fired(went)),
  answers('goes on by function', 'stage.ask', same('Hook.continue()'), fired(went)),
  answers(
    'modifies',
    'stage.ask',
    [
      '(function() ctx.data.params.n = 2; return Hook.modify(ctx.data) end)()',
      '((ctx.data.params.n = 2), Hook.modify(ctx.data))',
    ],
    fired({ changed: true, data: { params: { n: 2 }, tool: 'file-read' } }),
  ),
  answers(
    'modifies by table',
    'stage.change',
    [
      "{ type = 'modify', data = { run_id = ctx.run_id, tool = 'x', params = { n = 3 } } }",
      "({ type: 'modify', data: { run_id: ctx.runId, tool: 'x', params: { n: 3 } } })",
    ],
    fired({ tool: 'x', params: { n: 3 } }),
  ),
  answers(
    'cancels by function',
    'stage.ask',
    same("Hook.cancel('no', 'ask me')"),
    fired({ verdict: { type: 'cancel', reason: 'no', hint: 'ask me', by: 'hooks' } }),
  ),
  answers(
    'cancels by text',
    'stage.ask',
    same("'too late'"),
    fired({ verdict: { reason: 'too late' } }),
  ),
  answers(
    'cancels by table',
    'stage.narrow',
    ["{ type = 'cancel', reason = 'r' }", "({ type: 'cancel', reason: 'r' })"],
    fired({ verdict: { type: 'cancel', reason: 'r' } }),
  ),
  answers('cancels at a guard', 'stage.guard', same("Hook.cancel('no')"), {
    code: 'HOOK_CANCELLED',
  }),
  answers(
    'replaces',
    'stage.ask',
    ['Hook.replace({ a = 1 })', 'Hook.replace({ a: 1 })'],
    fired({ verdict: { type: 'replace', result: { a: 1 } } }),
  ),
  answers('replaces where one is chosen', 'stage.pick', same('Hook.replace(7)'), { value: 7 }),
  answers(
    'asks for another try',
    'stage.ask',
    ["Hook.retry{ delay = '1s', max_attempts = 3 }", "Hook.retry({ delay: '1s', maxAttempts: 3 })"],
    fired({ verdict: { type: 'retry', delayMs: 1000, maxAttempts: 3 } }),
  ),
  answers(
    'redirects',
    'stage.ask',
    same("Hook.redirect('calculator')"),
    fired({ verdict: { type: 'redirect', to: 'calculator' } }),
  ),
  answers('skips', 'stage.ask', same("Hook.skip('enough')"), fired(went)),
  answers('skips by word', 'stage.guard', same("'skip'"), { value: null }),
  ...(['see', 'row', 'tick'] as const).map((point) =>
    answers(`listens at stage.${point}`, `stage.${point}`, ['nil', 'undefined'], { value: null }),
  ),
]

const REFUSED = [
  "Hook.cancel('no')",
  'Hook.replace(1)',
  "Hook.redirect('x')",
  'Hook.skip()',
] as const

/** What a point does not take, and what is no answer at all. */
export const REFUSALS: readonly Row[] = [
  ...REFUSED.map((text) =>
    answers(`cannot say ${text} where it only listens`, 'stage.row', same(text), {
      value: null,
      log: [/failed at 'stage\.row': .*(?:cancel|replace|redirect|skip)/],
    }),
  ),
  ...['Hook.replace(1)', "Hook.redirect('x')", 'Hook.retry()', 'Hook.modify(ctx.data)'].map(
    (text) =>
      answers(`cannot say ${text} at a guard: it denies`, 'stage.guard', same(text), {
        code: 'HOOK_CANCELLED',
        log: [/does not take/],
      }),
  ),
  ...["Hook.cancel('no')", 'Hook.replace(1)'].map((text) =>
    answers(`cannot say ${text} at a transform: it fails`, 'stage.change', same(text), {
      code: 'HOOK_FAILED',
      log: [/does not take/],
    }),
  ),
  answers(
    'cannot modify at a point that takes cancel alone',
    'stage.narrow',
    same('Hook.modify(ctx.data)'),
    {
      code: 'HOOK_FAILED',
      log: [/does not take/],
    },
  ),
  answers('is passed over at an open point', 'stage.soft', ['42', '42'], {
    ...fired(went),
    log: [/answered 42/],
  }),
  ...(
    [
      ['a number', '42', '42'],
      ['false', 'false', 'false'],
      ['a table without a type', '{ a = 1 }', '({ a: 1 })'],
      ['an unknown type', "{ type = 'modifyy' }", "({ type: 'modifyy' })"],
      [
        'a key too many',
        "{ type = 'cancel', reason = 'r', data = 1 }",
        "({ type: 'cancel', reason: 'r', data: 1 })",
      ],
      ['a cancel without a reason', "{ type = 'cancel' }", "({ type: 'cancel' })"],
      ['a modify without data', "{ type = 'modify' }", "({ type: 'modify' })"],
      ['a redirect to nowhere', "{ type = 'redirect' }", "({ type: 'redirect' })"],
      [
        'a retry with another delay',
        "{ type = 'retry', delay = 'soon' }",
        "({ type: 'retry', delay: 'soon' })",
      ],
      [
        'a retry without end',
        "{ type = 'retry', max_attempts = 1000 }",
        "({ type: 'retry', maxAttempts: 1000 })",
      ],
      ['the name of a prototype', "{ type = 'constructor' }", "({ type: 'constructor' })"],
      [
        'data of another form',
        'Hook.modify({ run_id = ctx.run_id, tool = 5, params = {} })',
        'Hook.modify({ run_id: ctx.runId, tool: 5, params: {} })',
      ],
    ] as const
  ).map(([name, lua, javascript]) =>
    answers(`cannot answer ${name}`, 'stage.ask', [lua, javascript], {
      code: 'HOOK_FAILED',
      log: [/failed at 'stage\.ask'/],
    }),
  ),
]

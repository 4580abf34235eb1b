// What a run's own hooks decide, the hooks that hold for all runs are asked about.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHooks, type Came, type HookHouse, type Language } from './house.ts'
import { withOperator } from './operator.ts'

const REFUSES = [
  `for _, point in ipairs{ 'tool.output', 'llm.response' } do
  Hook.register(point, function(ctx)
    if ((ctx.data.output or ctx.data.answer).text or ''):find('SECRET') then return Hook.cancel('a leak') end
  end)
end
Hook.register('tool.input', function(ctx)
  if ctx.data.params.text == 'forbidden' then return Hook.cancel('not that') end
end)
for _, point in ipairs{ 'agent.output', 'workflow.output' } do
  Hook.register(point, function(ctx)
    if ctx.data.text:find('SECRET') then return Hook.replace('[removed]') end
  end)
end`,
  `for (const point of ['tool.output', 'llm.response']) await Hook.register(point, (ctx) => {
  if (((ctx.data.output ?? ctx.data.answer).text ?? '').includes('SECRET')) return Hook.cancel('a leak')
})
await Hook.register('tool.input', (ctx) => {
  if (ctx.data.params.text === 'forbidden') return Hook.cancel('not that')
})
for (const point of ['agent.output', 'workflow.output']) await Hook.register(point, (ctx) => {
  if (ctx.data.text.includes('SECRET')) return Hook.replace('[removed]')
})`,
] as const

const TRIM = (text: string): string =>
  `return Tool.text{ operation = 'trim', text = '${text}' }.text`
const STEP = `return Workflow.create{ name = 'w', type = 'sequential', steps = {
  { name = 's1', type = 'tool', tool = 'calculator', input = { expression = '1' } } } }:execute{}`
const ASK = `return Agent.create{ name = 'a', model = 'mock/echo' }:execute('hello').text`
const own = (point: string, answer: string, rest: string): string =>
  `Hook.register('${point}', function(ctx) return ${answer} end)\n${rest}`

const cancelled = { code: 'HOOK_CANCELLED' }
const ROWS: readonly (readonly [string, string, Partial<Came>])[] = [
  [
    'the same output',
    own('tool.output', 'Hook.replace(ctx.data.output)', TRIM('SECRET ')),
    cancelled,
  ],
  ['another output', own('tool.output', "Hook.replace('SECRET')", TRIM('x')), cancelled],
  [
    'an output without text',
    own('tool.output', "Hook.replace({ result = 'SECRET' })", TRIM('x')),
    cancelled,
  ],
  [
    'a harmless output',
    own(
      'tool.output',
      "Hook.replace({ result = ctx.data.output.result, text = 'fine' })",
      TRIM('x'),
    ),
    { value: 'fine' },
  ],
  ['an input with a result', own('tool.input', "Hook.replace('x')", TRIM('forbidden')), cancelled],
  [
    'an input sent elsewhere',
    own('tool.input', "Hook.redirect('uuid')", TRIM('forbidden')),
    cancelled,
  ],
  ['an output tried again', own('tool.output', 'Hook.retry()', TRIM('SECRET ')), cancelled],
  ['an answer', own('llm.response', "Hook.replace('SECRET')", ASK), cancelled],
  ['a harmless answer', own('llm.response', "Hook.replace('fine')", ASK), { value: 'fine' }],
  [
    'what an agent says',
    own('agent.output', "Hook.replace('SECRET')", ASK),
    { value: '[removed]' },
  ],
]

describe.each([
  ['lua', REFUSES[0]],
  ['javascript', REFUSES[1]],
] as const)('an operator in %s is asked about', (language, source) => {
  test('what a run replaces, repeats or redirects', async () => {
    const name = language === 'lua' ? 'operator.lua' : 'operator.js'
    await withOperator(name, source, async ({ run }) => {
      for (const [what, script, expected] of ROWS) {
        const came = await run('lua', script)
        expect({ what, ...came }).toMatchObject({ what, ...expected })
      }
      const step = await run('lua', own('workflow.output', "Hook.replace('SECRET')", STEP))
      expect(JSON.stringify(step.value)).toContain('[removed]')
      expect(JSON.stringify(step.value)).not.toContain('SECRET')
    })
  })
})

const MASKS = [
  `Hook.register('tool.output', function(ctx)
  ctx.data.output.text = 'masked'
  return Hook.modify(ctx.data)
end)`,
  `await Hook.register('tool.output', (ctx) => {
  ctx.data.output.text = 'masked'
  return Hook.modify(ctx.data)
})`,
] as const

test.each([
  ['mask.lua', MASKS[0]],
  ['mask.js', MASKS[1]],
])('a mask holds for what a run replaces or wants again: %s', async (name, source) => {
  await withOperator(name, source, async ({ run }) => {
    const answers = [
      'Hook.replace(ctx.data.output)',
      'Hook.retry{ max_attempts = 2 }',
      'Hook.skip()',
    ]
    for (const answer of answers) {
      const came = await run('lua', own('tool.output', answer, TRIM('SECRET ')))
      expect({ answer, ...came }).toMatchObject({ answer, value: 'masked' })
    }
  })
})

describe('limits of time', () => {
  let hooks: HookHouse
  beforeAll(async () => {
    hooks = await openHooks()
  })
  afterAll(() => hooks.house.kernel.stop())

  const source = (language: Language, timeout: string): readonly string[] =>
    language === 'lua'
      ? [
          `Hook.register('custom:a', function() return Hook.modify(7) end, { timeout = ${timeout} })
           return Hook.call('a', 1)`,
          `Event.subscribe('x', function() end, { timeout = ${timeout} }) return 7`,
        ]
      : [
          `await Hook.register('custom:a', () => Hook.modify(7), { timeout: ${timeout} })
           return await Hook.call('a', 1)`,
          `await Event.subscribe('x', () => {}, { timeout: ${timeout} }); return 7`,
        ]

  test.each(['lua', 'javascript'] as const)(
    'are refused where no timer has them: %s',
    async (language) => {
      for (const timeout of ['0', "'0ms'", "'25d'", "'9999999h'", '2147483648', '1e15'])
        for (const script of source(language, timeout))
          expect({ timeout, ...(await hooks.run(language, script)) }).toMatchObject({
            timeout,
            code: 'INPUT_INVALID',
          })
      for (const timeout of ['2147483647', "'24d'"])
        for (const script of source(language, timeout))
          expect({ timeout, ...(await hooks.run(language, script)) }).toMatchObject({ value: 7 })
    },
  )

  test.each([
    [
      'lua',
      `Hook.register('stage.tick', function() error('one\\ntwo\\27[31m') end)
       Event.subscribe('x', function() error('one\\ntwo\\27[31m') end)
       Stage.many('stage.tick', 1) Event.publish('x', 1) Async.sleep(50)`,
    ],
    [
      'javascript',
      `await Hook.register('stage.tick', () => { throw new Error('one\\ntwo\\x1b[31m') })
       await Event.subscribe('x', () => { throw new Error('one\\ntwo\\x1b[31m') })
       await Stage.many('stage.tick', 1); await Event.publish('x', 1); await Async.sleep(50)`,
    ],
  ] as const)('a failure is one line of the log: %s', async (language, script) => {
    const { log } = await hooks.run(language, script)
    expect(log).toHaveLength(2)
    for (const line of log) {
      expect(line).toContain('\\u{1b}[31m')
      expect(line).not.toMatch(/\p{Cc}/u)
    }
  })
})

const HANGS = [
  [
    'hangs.lua',
    `Hook.register('tool.input', function(ctx)
       if ctx.data.params.text == 'hang' then while true do end end
       if ctx.data.params.text == 'no' then return Hook.cancel('not that') end
     end, { timeout = 200 })`,
  ],
  [
    'hangs.js',
    `await Hook.register('tool.input', ({ data: { params } }) => {
       while (params.text === 'hang');
       if (params.text === 'no') return Hook.cancel('not that')
     }, { timeout: 200 })`,
  ],
] as const
const PATIENCE = { timeout: 25_000, interval: 200 }

describe.each(HANGS)('a hook script that computes without end: %s', (name, source) => {
  test('is ended and started anew; meanwhile nothing passes unasked', async () => {
    await withOperator(name, source, async ({ run }) => {
      expect((await run('lua', TRIM('hang'))).code).toBe('HOOK_FAILED')
      const asked = async (): Promise<string> => {
        const came = await run('lua', TRIM('no'))
        expect(came.code).toMatch(/^HOOK_/)
        return came.message ?? ''
      }
      await expect.poll(asked, PATIENCE).toContain('not that')
      // On a busy machine one call more may take longer than the hook has.
      const passes = async () => (await run('lua', TRIM('x'))).value
      await expect.poll(passes, PATIENCE).toBe('x')
    })
  })

  test('lets runs go on without it, where it may be missed', async () => {
    const go = async ({ run }: HookHouse): Promise<void> => {
      await run('lua', TRIM('hang'))
      const came = async () => (await run('lua', TRIM('x'))).value
      await expect.poll(came, PATIENCE).toBe('x')
      const again = async () => (await run('lua', TRIM('no'))).message ?? ''
      await expect.poll(again, PATIENCE).toContain('not that')
    }
    await withOperator(name, source, go, { on_failure: 'ignore' })
  })

  test.runIf(process.env.LLMSPELL_TEST_FULL === '1')(
    'is given up behind the third time',
    async () => {
      await withOperator(name, source, async ({ run }) => {
        const message = async (text: string) => (await run('lua', TRIM(text))).message ?? ''
        for (let i = 0; i < 3; i++) {
          await run('lua', TRIM('hang'))
          await expect.poll(() => message('no'), PATIENCE).toContain('not that')
        }
        await run('lua', TRIM('hang'))
        await expect.poll(() => message('x'), PATIENCE).toContain('computes without end')
      })
    },
    120_000,
  )
})

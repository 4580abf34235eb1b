import type { Value } from '@llmspell/sdk'

/** The same in Lua and in JavaScript. */
export type Both = readonly [lua: string, javascript: string]

/** What a hook answers at a point, and what the operation then comes to: a value, or a code. */
export interface Effect {
  readonly answer: Both
  readonly wants: Value
  /** How often the hook is called; once unless said. */
  readonly calls?: number
}

/** An operation that gives a short value, and what each answer at its point makes of it. */
export interface Operation {
  readonly before?: Both
  readonly does: Both
  readonly effects: Readonly<Record<string, Effect>>
}

const same = (text: string): Both => [text, text]
const cancel: Effect = { answer: same("return Hook.cancel('no')"), wants: 'HOOK_CANCELLED' }
const give = (value: string): Both => same(`return Hook.replace(${value})`)
const again: Both = [
  'return called < 3 and Hook.retry() or nil',
  'return called < 3 ? Hook.retry() : undefined',
]
/** Changes the data and hands them on. */
const change = (lua: string, javascript = lua): Both => [
  `${lua}; return Hook.modify(ctx.data)`,
  `${javascript}; return Hook.modify(ctx.data)`,
]

const CALCULATED = `{ value = 7, precision = 'exact' }`
const tool: Pick<Operation, 'before' | 'does'> = {
  before: [
    `Tool.define{ name = 'other', description = 'Says.', parameters = { expression = 'string' },
      execute = function(p) return 'other ' .. p.expression end }`,
    `await Tool.define({ name: 'other', description: 'Says.', parameters: { expression: 'string' },
      execute: (p) => 'other ' + p.expression })`,
  ],
  does: [
    `local r = Tool.execute('calculator', { expression = '6 * 7' })
     return r.result.value or r.text`,
    `const r = await Tool.execute('calculator', { expression: '6 * 7' })
     return r.result.value ?? r.text`,
  ],
}
const calculated: Both = [
  `return Hook.replace(${CALCULATED})`,
  `return Hook.replace({ value: 7, precision: 'exact' })`,
]
const BROKEN: Both = [
  `local ok, r = pcall(Tool.execute, 'calculator', { expression = '6 *' }, { on_error = 'raise' })
   return ok and r.result.value or r.message`,
  `const r = await Tool.execute('calculator', { expression: '6 *' }, { on_error: 'raise' })
     .catch((error) => error)
   return r.result?.value ?? r.message`,
]
const LISTED: Both = [
  `local names = {}
   for i, row in ipairs(Tool.list{ category = 'math' }) do names[i] = row.name end
   return table.concat(names, ' ')`,
  `return (await Tool.list({ category: 'math' })).map((row) => row.name).join(' ')`,
]
const agentOf = (lua: string, javascript: string): Both => [
  `Agent.create{ name = 'other', model = { model = 'mock/scripted', settings = { replies = { 'of other' } } } }
   local agent = Agent.create{ name = 'poet', model = ${lua} }`,
  `await Agent.create({ name: 'other', model: { model: 'mock/scripted', settings: { replies: ['of other'] } } })
   const agent = await Agent.create({ name: 'poet', model: ${javascript} })`,
]
const SAYS = agentOf(
  `{ model = 'mock/scripted', settings = { replies = { 'said' } } }`,
  `{ model: 'mock/scripted', settings: { replies: ['said'] } }`,
)
const ASKED: Both = [
  `return agent:execute('Hello').text`,
  `return (await agent.execute('Hello')).text`,
]
const agent = { before: SAYS, does: ASKED }
const echo = { before: agentOf(`'mock/echo'`, `'mock/echo'`), does: ASKED }
/** An agent whose model fails at its first request. */
const failing = {
  before: agentOf(
    `{ model = 'mock/echo', settings = { fail = { kind = 'auth', on = 1, key = 'KEY' } } }`,
    `{ model: 'mock/echo', settings: { fail: { kind: 'auth', on: 1, key: 'KEY' } } }`,
  ),
  does: ASKED,
}
const FLOW: Both = [
  `local flow = Workflow.sequential{ name = 'flow', input = '6 * 7', steps = {
     { name = 'add', tool = 'calculator', input = { expression = '{{input}}' } } } }`,
  `const flow = await Workflow.sequential({ name: 'flow', input: '6 * 7', steps: [
     { name: 'add', tool: 'calculator', input: { expression: '{{input}}' } }] })`,
]
const FLOWED: Both = [
  `local ok, r = pcall(flow.execute, flow)
   if not ok then return (r.details and r.details.error or r).code end
   local step = r.steps[1]
   return step and (step.status == 'skipped' and 'skipped'
     or type(step.output) == 'table' and step.output.value or step.output) or r.result`,
  `const r = await flow.execute().catch((error) => error)
   if (r instanceof Error) return r.details?.error?.code ?? r.code
   const step = r.steps[0]
   return step ? (step.status === 'skipped' ? 'skipped' : step.output.value ?? step.output) : r.result`,
]
const flow = { before: FLOW, does: FLOWED }
const FAILS: Both = [
  `local n = 0
   local flow = Workflow.sequential{ name = 'flow', steps = {
     { name = 'add', run = function() n = n + 1; if n < 3 then error('no') end; return n end } } }`,
  `let n = 0
   const flow = await Workflow.sequential({ name: 'flow', steps: [
     { name: 'add', run: () => { n++; if (n < 3) throw new Error('no'); return n } }] })`,
]

/** Every intercept of tools, models, agents and workflows, with every answer that it takes. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'tool.list': {
    does: LISTED,
    effects: {
      modify: { answer: change(`ctx.data.filter.category = 'nothing'`), wants: '' },
      cancel,
      replace: {
        answer: [
          `return Hook.replace({ { name = 'mine' } })`,
          `return Hook.replace([{ name: 'mine' }])`,
        ],
        wants: 'mine',
      },
    },
  },
  'tool.listed': {
    does: LISTED,
    effects: {
      modify: {
        answer: change(
          `ctx.data.rows = { { name = 'mine' } }`,
          `ctx.data.rows = [{ name: 'mine' }]`,
        ),
        wants: 'mine',
      },
    },
  },
  'tool.input': {
    ...tool,
    effects: {
      modify: { answer: change(`ctx.data.params.expression = '1 + 1'`), wants: 2 },
      cancel,
      replace: { answer: calculated, wants: 7 },
      redirect: {
        answer: [
          `if ctx.data.tool == 'calculator' then return Hook.redirect('other') end`,
          `if (ctx.data.tool === 'calculator') return Hook.redirect('other')`,
        ],
        wants: 'other 6 * 7',
        calls: 2,
      },
    },
  },
  'tool.output': {
    ...tool,
    effects: {
      modify: { answer: change(`ctx.data.output.result.value = 43`), wants: 43 },
      cancel,
      replace: { answer: calculated, wants: 7 },
      retry: { answer: again, wants: 42, calls: 3 },
    },
  },
  'tool.error': {
    does: BROKEN,
    effects: {
      modify: { answer: change(`ctx.data.error.message = 'Try later.'`), wants: 'Try later.' },
      replace: { answer: calculated, wants: 7 },
      retry: {
        answer: [
          `if called < 3 then return Hook.retry() end; return Hook.replace(${CALCULATED})`,
          `return called < 3 ? Hook.retry() : Hook.replace({ value: 7, precision: 'exact' })`,
        ],
        wants: 7,
        calls: 3,
      },
    },
  },
  'llm.request': {
    ...echo,
    effects: {
      modify: {
        answer: change(
          `ctx.data.request.messages[1].content[1].text = 'Bye'`,
          `ctx.data.request.messages[0].content[0].text = 'Bye'`,
        ),
        wants: 'Bye',
      },
      cancel,
      replace: { answer: give(`'kept'`), wants: 'kept' },
      redirect: {
        answer: [
          `if ctx.data.model == 'mock/echo' then return Hook.redirect('mock/demo') end`,
          `if (ctx.data.model === 'mock/echo') return Hook.redirect('mock/demo')`,
        ],
        wants: 'mock/demo',
        calls: 2,
      },
    },
  },
  'llm.response': {
    ...agent,
    effects: {
      modify: { answer: change(`ctx.data.answer.text = 'changed'`), wants: 'changed' },
      cancel,
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 'said', calls: 3 },
    },
  },
  'llm.error': {
    ...failing,
    effects: {
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 'Hello' },
      redirect: { answer: same(`return Hook.redirect('mock/demo')`), wants: 'mock/demo' },
    },
  },
  'agent.create': {
    does: [
      `return Agent.create{ name = 'made', model = 'mock/echo', temperature = 1 }:config().temperature`,
      `return (await (await Agent.create({ name: 'made', model: 'mock/echo', temperature: 1 })).config()).temperature`,
    ],
    effects: {
      modify: { answer: change(`ctx.data.config.temperature = 0.5`), wants: 0.5 },
      cancel,
    },
  },
  'agent.input': {
    ...echo,
    effects: {
      modify: { answer: change(`ctx.data.text = 'Bye'`), wants: 'Bye' },
      cancel,
      replace: { answer: give(`'kept'`), wants: 'kept' },
      redirect: {
        answer: [
          `if ctx.data.agent == 'poet' then return Hook.redirect('other') end`,
          `if (ctx.data.agent === 'poet') return Hook.redirect('other')`,
        ],
        wants: 'of other',
        calls: 2,
      },
    },
  },
  'agent.output': {
    ...agent,
    effects: {
      modify: { answer: change(`ctx.data.text = 'changed'`), wants: 'changed' },
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 'said', calls: 3 },
    },
  },
  'agent.error': {
    ...failing,
    effects: {
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 'Hello' },
    },
  },
  'workflow.start': {
    ...flow,
    effects: {
      modify: { answer: change(`ctx.data.input = '1 + 1'`), wants: 2 },
      cancel: { ...cancel, wants: 'HOOK_CANCELLED' },
      replace: { answer: give(`'kept'`), wants: 'kept' },
    },
  },
  'workflow.step': {
    ...flow,
    effects: {
      modify: { answer: change(`ctx.data.input.expression = '1 + 1'`), wants: 2 },
      cancel,
      replace: { answer: give(`'kept'`), wants: 'kept' },
      skipped: {
        answer: [
          `return Hook.replace({ status = 'skipped' })`,
          `return Hook.replace({ status: 'skipped' })`,
        ],
        wants: 'skipped',
      },
    },
  },
  'workflow.output': {
    ...flow,
    effects: {
      modify: { answer: change(`ctx.data.output = 'changed'`), wants: 'changed' },
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 42, calls: 3 },
    },
  },
  'workflow.error': {
    before: FAILS,
    does: FLOWED,
    effects: {
      replace: { answer: give(`'kept'`), wants: 'kept' },
      retry: { answer: again, wants: 3, calls: 2 },
    },
  },
}

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

export const same = (text: string): Both => [text, text]
export const cancel: Effect = { answer: same("return Hook.cancel('no')"), wants: 'HOOK_CANCELLED' }
export const give = (value: string): Both => same(`return Hook.replace(${value})`)
export const again: Both = [
  'return called < 3 and Hook.retry() or nil',
  'return called < 3 ? Hook.retry() : undefined',
]
/** Changes the data and hands them on. */
export const change = (lua: string, javascript = lua): Both => [
  `${lua}; return Hook.modify(ctx.data)`,
  `${javascript}; return Hook.modify(ctx.data)`,
]

export const CALCULATED = `{ value = 7, precision = 'exact' }`
export const tool: Pick<Operation, 'before' | 'does'> = {
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
export const calculated: Both = [
  `return Hook.replace(${CALCULATED})`,
  `return Hook.replace({ value: 7, precision: 'exact' })`,
]
export const BROKEN: Both = [
  `local ok, r = pcall(Tool.execute, 'calculator', { expression = '6 *' }, { on_error = 'raise' })
   return ok and r.result.value or r.message`,
  `const r = await Tool.execute('calculator', { expression: '6 *' }, { on_error: 'raise' })
     .catch((error) => error)
   return r.result?.value ?? r.message`,
]
export const LISTED: Both = [
  `local names = {}
   for i, row in ipairs(Tool.list{ category = 'math' }) do names[i] = row.name end
   return table.concat(names, ' ')`,
  `return (await Tool.list({ category: 'math' })).map((row) => row.name).join(' ')`,
]
export const agentOf = (lua: string, javascript: string): Both => [
  `Agent.create{ name = 'other', model = { model = 'mock/scripted', settings = { replies = { 'of other' } } } }
   local agent = Agent.create{ name = 'poet', model = ${lua} }`,
  `await Agent.create({ name: 'other', model: { model: 'mock/scripted', settings: { replies: ['of other'] } } })
   const agent = await Agent.create({ name: 'poet', model: ${javascript} })`,
]
export const SAYS = agentOf(
  `{ model = 'mock/scripted', settings = { replies = { 'said' } } }`,
  `{ model: 'mock/scripted', settings: { replies: ['said'] } }`,
)
export const ASKED: Both = [
  `return agent:execute('Hello').text`,
  `return (await agent.execute('Hello')).text`,
]
export const agent = { before: SAYS, does: ASKED }
export const echo = { before: agentOf(`'mock/echo'`, `'mock/echo'`), does: ASKED }
/** An agent whose model fails at its first request. */
export const failing = {
  before: agentOf(
    `{ model = 'mock/echo', settings = { fail = { kind = 'auth', on = 1, key = 'KEY' } } }`,
    `{ model: 'mock/echo', settings: { fail: { kind: 'auth', on: 1, key: 'KEY' } } }`,
  ),
  does: ASKED,
}
export const FLOW: Both = [
  `local flow = Workflow.sequential{ name = 'flow', input = '6 * 7', steps = {
     { name = 'add', tool = 'calculator', input = { expression = '{{input}}' } } } }`,
  `const flow = await Workflow.sequential({ name: 'flow', input: '6 * 7', steps: [
     { name: 'add', tool: 'calculator', input: { expression: '{{input}}' } }] })`,
]
export const FLOWED: Both = [
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
export const flow = { before: FLOW, does: FLOWED }
export const FAILS: Both = [
  `local n = 0
   local flow = Workflow.sequential{ name = 'flow', steps = {
     { name = 'add', run = function() n = n + 1; if n < 3 then error('no') end; return n end } } }`,
  `let n = 0
   const flow = await Workflow.sequential({ name: 'flow', steps: [
     { name: 'add', run: () => { n++; if (n < 3) throw new Error('no'); return n } }] })`,
]

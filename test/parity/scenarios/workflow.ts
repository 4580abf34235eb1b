import { both } from '../scenario.ts'

const FLOW = `local flow = Workflow.sequential{ name = 'flow', description = 'd', vars = { n = 1 }, steps = {
    { name = 'add', run = function(ctx) ctx.vars.n = ctx.vars.n + 1 return (ctx.input or 0) + 1 end },
    { name = 'calc', tool = 'calculator', input = { expression = '{{steps.add.output}} * 2' } } } }
`
const JS_FLOW = `const flow = await Workflow.sequential({ name: 'flow', description: 'd', vars: { n: 1 }, steps: [
    { name: 'add', run: (ctx) => { ctx.vars.n++; return (ctx.input ?? 0) + 1 } },
    { name: 'calc', tool: 'calculator', input: { expression: '{{steps.add.output}} * 2' } } ] })
`

/** Workflows: the same definition gives the same in every language. */
export const WORKFLOW = [
  both(
    'runs steps one after the other',
    'Workflow.sequential Workflow.Workflow.execute',
    `${FLOW}local r = flow:execute(2)
     return { flow.id, flow.name, flow.type, r.success, r.result, r.outputs, r.steps[1].status, r.metadata.extra.success_rate }`,
    `${JS_FLOW}const r = await flow.execute(2)
     return [flow.id, flow.name, flow.type, r.success, r.result, r.outputs, r.steps[0].status, r.metadata.extra.successRate]`,
  ),
  both(
    'builds a workflow of every kind',
    'Workflow.conditional Workflow.loop Workflow.parallel Workflow.stream Workflow.create',
    `local function one(ctx) return ctx.item or 1 end
     return { Workflow.conditional{ name = 'c', branches = { { when = true, steps = { one } } } }:execute().result,
       Workflow.loop{ name = 'l', range = { from = 1, to = 3 }, steps = { one } }:execute().result,
       Workflow.parallel{ name = 'p', steps = { { name = 'a', run = one } } }:execute().result,
       Workflow.stream{ name = 's', source = { 1, 2 }, steps = { { name = 'a', run = one } } }:execute().result,
       Workflow.create{ name = 'x', type = 'loop', collection = { 'b' }, steps = { one } }:execute().result }`,
    `const one = (ctx) => ctx.item ?? 1
     return [(await (await Workflow.conditional({ name: 'c', branches: [{ when: true, steps: [one] }] })).execute()).result,
       (await (await Workflow.loop({ name: 'l', range: { from: 1, to: 3 }, steps: [one] })).execute()).result,
       (await (await Workflow.parallel({ name: 'p', steps: [{ name: 'a', run: one }] })).execute()).result,
       (await (await Workflow.stream({ name: 's', source: [1, 2], steps: [{ name: 'a', run: one }] })).execute()).result,
       (await (await Workflow.create({ name: 'x', type: 'loop', collection: ['b'], steps: [one] })).execute()).result]`,
    { value: [1, [1, 2, 3], { a: 1 }, [1, 2], ['b']], unordered: true },
  ),
  both(
    'builds a workflow in steps',
    'Workflow.builder',
    `local b = Workflow.builder():name('b'):condition({ value = '{{input}}', op = 'gt', to = 3 }):add_then_step(function() return 'big' end):add_branch({ value = '{{input}}', op = 'lt', to = 0 }, { function() return 'below' end }):add_else_step(function() return 'small' end):build()
     local s = Workflow.builder():name('s'):sequential():add_step('a', function() return 1 end):add_step{ name = 'z', run = function(ctx) return ctx.steps.a.output + 1 end }:build()
     local l = Workflow.builder():name('l'):loop():with_range{ from = 1, to = 2 }:add_step(function(ctx) return ctx.item end):max_iterations(5):build()
     return { b:execute(5).result, b:execute(-1).result, b:execute(1).result, s:execute().result, l:execute().result }`,
    `const b = await Workflow.builder().name('b').condition({ value: '{{input}}', op: 'gt', to: 3 }).addThenStep(() => 'big').addBranch({ value: '{{input}}', op: 'lt', to: 0 }, [() => 'below']).addElseStep(() => 'small').build()
     const s = await Workflow.builder().name('s').sequential().addStep('a', () => 1).addStep({ name: 'z', run: (ctx) => ctx.steps.a.output + 1 }).build()
     const l = await Workflow.builder().name('l').loop().withRange({ from: 1, to: 2 }).addStep((ctx) => ctx.item).maxIterations(5).build()
     return [(await b.execute(5)).result, (await b.execute(-1)).result, (await b.execute(1)).result, (await s.execute()).result, (await l.execute()).result]`,
    { value: ['big', 'below', 'small', 2, [1, 2]] },
  ),
  both(
    'lists, finds and removes workflows',
    'Workflow.types Workflow.list Workflow.get Workflow.remove Workflow.clear',
    `${FLOW}local listed = Workflow.list()
     return { Workflow.types(), listed, Workflow.get(flow.id).name, Workflow.get('x') == nil, Workflow.remove(flow.id), Workflow.remove(flow.id), Workflow.clear() }`,
    `${JS_FLOW}const listed = await Workflow.list()
     return [await Workflow.types(), listed, (await Workflow.get(flow.id)).name, (await Workflow.get('x')) == null, await Workflow.remove(flow.id), await Workflow.remove(flow.id), await Workflow.clear()]`,
  ),
  both(
    'asks for a run that nobody has',
    'Workflow.resume',
    `local ok = pcall(Workflow.resume, 'run-that-is-not-there')
     return ok`,
    `try { await Workflow.resume('run-that-is-not-there'); return true } catch { return false }`,
    { value: false },
  ),
  both(
    'reads what the steps gave',
    'Workflow.Workflow.get_output Workflow.Workflow.get_all_outputs Workflow.Workflow.list_outputs Workflow.Workflow.clear_outputs Workflow.Workflow.get_execution_id',
    `${FLOW}flow:execute(1)
     local o = flow:get_output('add')
     return { o.output, o.status, o.step_name, flow:get_all_outputs(), flow:list_outputs(), #flow:get_execution_id() > 0, flow:clear_outputs() }`,
    `${JS_FLOW}await flow.execute(1)
     const o = await flow.getOutput('add')
     return [o.output, o.status, o.stepName, await flow.getAllOutputs(), await flow.listOutputs(), (await flow.getExecutionId()).length > 0, await flow.clearOutputs()]`,
  ),
  both(
    'asks for an output before there is one',
    'Workflow.Workflow.get_output',
    `${FLOW}flow:get_output('add')`,
    `${JS_FLOW}await flow.getOutput('add')`,
    { error: 'WORKFLOW_NOT_EXECUTED' },
  ),
  both(
    'describes a workflow and shares data with it',
    'Workflow.Workflow.get_info Workflow.Workflow.validate Workflow.Workflow.set_shared_data Workflow.Workflow.get_shared_data',
    `${FLOW}flow:set_shared_data('n', 7)
     return { flow:get_info(), flow:validate(), flow:get_shared_data('n'), flow:get_shared_data('m') == nil }`,
    `${JS_FLOW}await flow.setSharedData('n', 7)
     return [await flow.getInfo(), await flow.validate(), await flow.getSharedData('n'), (await flow.getSharedData('m')) == null]`,
  ),
  both(
    'is called before, after and about failures',
    'Workflow.Workflow.on_before_execute Workflow.Workflow.on_after_execute Workflow.Workflow.on_error',
    `local log = {}
     local flow = Workflow.sequential{ name = 'w', steps = { { name = 'a', run = function() error('x') end } } }
     flow:on_before_execute(function(ctx) log[#log + 1] = 'before' end):on_after_execute(function(ctx) log[#log + 1] = 'after' end):on_error(function(err) log[#log + 1] = err.message return { action = 'use', output = 3 } end)
     return { flow:execute().result, log }`,
    `const log = []
     const flow = await Workflow.sequential({ name: 'w', steps: [{ name: 'a', run: () => { throw new Error('x') } }] })
     await flow.onBeforeExecute(() => { log.push('before') })
     await flow.onAfterExecute(() => { log.push('after') })
     await flow.onError((err) => { log.push(err.message); return { action: 'use', output: 3 } })
     return [(await flow.execute()).result, log]`,
    { value: [3, ['before', 'x', 'after']] },
  ),
  both(
    'tells what happens in a workflow',
    'Workflow.Workflow.stream',
    `${FLOW}local types = {}
     for chunk in flow:stream(1) do types[#types + 1] = chunk.type .. (chunk.step or '') end
     return { types, flow:stream(1):result().result }`,
    `${JS_FLOW}const types = []
     for await (const chunk of flow.stream(1)) types.push(chunk.type + (chunk.step ?? ''))
     return [types, (await flow.stream(1).result()).result]`,
  ),
  both(
    'holds a workflow, lets it go on, and has it cancelled',
    'Workflow.Workflow.pause Workflow.Workflow.resume Workflow.Workflow.cancel',
    `${FLOW}flow:pause()
     flow:resume():cancel()
     return flow:execute(1).success`,
    `${JS_FLOW}await flow.pause()
     await (await flow.resume()).cancel()
     return (await flow.execute(1)).success`,
    { value: true },
  ),
  both(
    'makes a tool of a workflow',
    'Workflow.Workflow.as_tool',
    `${FLOW}local tool = flow:as_tool{ name = 'twice', parameters = { a = 'number' } }
     local any = flow:as_tool()
     return { tool.name, tool.parameters, any.name, Tool.execute('flow', { input = 4 }).result }`,
    `${JS_FLOW}const tool = await flow.asTool({ name: 'twice', parameters: { a: 'number' } })
     const any = await flow.asTool()
     return [tool.name, tool.parameters, any.name, (await Tool.execute('flow', { input: 4 })).result]`,
  ),
  both(
    'is told all that is wrong with a workflow',
    'Workflow.sequential',
    `Workflow.sequential{ name = 'w', steps = { { name = 'a', run = function() end }, { name = 'a', tool = 'calculator', input = { expression = '{{steps.b.output}}' } } } }`,
    `await Workflow.sequential({ name: 'w', steps: [{ name: 'a', run: () => {} }, { name: 'a', tool: 'calculator', input: { expression: '{{steps.b.output}}' } }] })`,
    { error: 'WORKFLOW_INVALID' },
  ),
]

import type { RunRequest } from '@llmspell/sdk'

/** What makes a point fire in a run. */
export interface Driver {
  readonly lua: string
  /** Runs before the hook is registered. */
  readonly before?: string
  /** Code of what a cancelled operation fails with; default HOOK_CANCELLED. */
  readonly cancelled?: string
  readonly options?: Partial<RunRequest>
  /** Lines of the log that are not about the hook. */
  readonly logs?: RegExp
  /** Without an answer the operation fails. */
  readonly fails?: boolean
  /** What of a point is meant, where it stands before all that a script does. */
  readonly only?: string
}

const TOOL = `Tool.execute('calculator', { expression = '6 * 7' })`
const AGENT = `agent:execute('Hello')`
const BEFORE_AGENT = `local agent = Agent.create{ model = 'mock/echo' }`
const BEFORE_FLOW = `local flow = Workflow.sequential{ name = 'flow', steps = {
  { name = 'add', run = function(ctx) return 1 end } } }`
const UNDONE = `local flow = Workflow.sequential{ name = 'flow', steps = {
  { name = 'add', run = function(ctx) return 1 end, compensate = function() end },
  { name = 'fail', run = function() error('no') end } } }`
const FLOW = `local r = flow:execute()
  if r.error then error(r.error) end`
const flow: Driver = { lua: FLOW, before: BEFORE_FLOW }
const TOOLS_ONLY = "ctx.data.module == 'Tool'"

const tool: Driver = { lua: TOOL }
const agent: Driver = { lua: AGENT, before: BEFORE_AGENT }

const failing = {
  before: `local agent = Agent.create{ model = { model = 'mock/demo',
    settings = { fail = { kind = 'auth', on = 'always' } } } }`,
  fails: true,
}

const KEPT = `State.save('custom:hooks', 'lamp', 1)`
const loaded: Driver = { lua: `State.load('custom:hooks', 'lamp')`, before: KEPT }
const session = (lua: string): Driver => ({ lua, before: 'local session = Session.create()' })

/** One for every point whose payload names a run. */
export const DRIVERS: Readonly<Record<string, Driver>> = {
  'tool.list': { lua: 'Tool.list()' },
  'tool.listed': { lua: `Tool.discover{ query = 'json' }` },
  'tool.guard': tool,
  'tool.input': tool,
  'tool.output': tool,
  'tool.done': tool,
  'tool.error': {
    lua: `Tool.execute('calculator', { expression = '6 *' }, { on_error = 'raise' })`,
    fails: true,
  },
  'agent.create': { lua: `Agent.create{ model = 'mock/echo' }` },
  'agent.created': { lua: `Agent.create{ model = 'mock/echo' }` },
  'agent.input': agent,
  'agent.output': agent,
  'agent.error': { ...failing, lua: `agent:execute('Hello')` },
  'agent.close': { lua: 'agent:close()', before: BEFORE_AGENT },
  'agent.closed': { lua: 'agent:close()', before: BEFORE_AGENT },
  'agent.start': agent,
  'agent.step': agent,
  'agent.done': agent,
  'llm.route': agent,
  'llm.request': agent,
  'llm.chunk': { before: BEFORE_AGENT, lua: `for _ in agent:stream('Hello') do end` },
  'llm.response': agent,
  'llm.error': { ...failing, lua: `agent:execute('Hello')` },
  'llm.done': agent,
  'budget.warning': {
    before: BEFORE_AGENT,
    lua: `for i = 1, 100 do if not pcall(agent.execute, agent, 'Hello') then break end end`,
    options: { limits: { tokens: 200, timeMs: 20_000 } },
  },
  'permission.decided': { lua: `pcall(Tool.execute, 'file-read', { path = 'x' })` },
  'permission.denied': { lua: `pcall(Tool.execute, 'file-read', { path = 'x' })` },
  'run.checkpoint': { lua: `Run.checkpoint('half')` },
  'run.limit': {
    before: `local slow = Tool.define{ name = 'slow', description = 'Waits.', parameters = {},
      execute = function() Async.sleep(500) end }`,
    lua: 'pcall(slow.execute, slow, {}, { timeout = 20 })',
  },
  'call.guard': { lua: TOOL, only: TOOLS_ONLY },
  'call.done': { lua: TOOL, only: TOOLS_ONLY },
  'workflow.start': flow,
  'workflow.step': { ...flow, cancelled: 'WORKFLOW_FAILED' },
  'workflow.transition': flow,
  'workflow.output': flow,
  'workflow.error': {
    before: UNDONE,
    lua: 'flow:execute()',
    fails: true,
    logs: /has failed; undone: /,
  },
  'workflow.stepDone': flow,
  'workflow.checkpoint': flow,
  'workflow.rollback': {
    before: UNDONE,
    lua: 'pcall(flow.execute, flow)',
    logs: /has failed; undone: /,
  },
  'workflow.done': flow,
  'state.read': loaded,
  'state.loaded': loaded,
  'state.write': { lua: KEPT },
  'state.changed': { lua: KEPT },
  'state.conflict': {
    before: KEPT,
    lua: `pcall(State.save, 'custom:hooks', 'lamp', 2, { if_version = 0 })`,
  },
  'state.migration': {
    before: `State.save('custom:' .. Run.id, 'lamp', 1)`,
    lua: `State.define{ scope = 'custom:' .. Run.id, version = 2,
      migrate = { function(all) return all end } }`,
  },
  'event.publish': { lua: `Event.publish('lamp.lit', { n = 1 })` },
  'event.published': { lua: `Event.publish('lamp.lit', { n = 1 })` },
  'event.failed': {
    before: `Event.subscribe('lamp.*', function() error('broken') end)`,
    logs: /^The handler of subscription/,
    lua: `Event.publish('lamp.lit', { n = 1 })`,
  },
  'session.start': { lua: 'Session.create()' },
  'session.end': session('session:complete()'),
  'session.saved': session('session:save()'),
  'session.restored': session('session:load()'),
  'session.checkpoint': session('session:suspend()'),
}

/** Points that the run which they are about cannot hear, and why. */
export const BEYOND: Readonly<Record<string, string>> = {
  'script.done': 'The run has ended.',
  'script.start': 'No hook of the run can be there before.',
  'run.record': 'Records of durable runs, for tests of crashes.',
}

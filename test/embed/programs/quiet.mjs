// A host under Node's permission model: it may read the repository, and write, start and thread nothing.
import { createRuntime } from '@llmspell/runtime'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'beforeExit']
const STRAYS = ['uncaughtException', 'unhandledRejection', 'warning']
const listeners = () => [...SIGNALS, ...STRAYS].map((name) => process.listenerCount(name))
const globals = () => Object.getOwnPropertyNames(globalThis)
const open = () => process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY)Wrap$/.test(name))

const before = {
  listeners: listeners(),
  globals: globals(),
  cwd: process.cwd(),
  code: process.exitCode,
}
const config = { model: 'mock/demo', plugins: { 'provider-mock': { delay_ms: 0 } } }
const runtime = createRuntime({ config })
const stuck = Promise.withResolvers()
await runtime.tools.define({ name: 'stuck', description: 'Never ends.' }, () => {
  stuck.resolve()
  return new Promise(() => {})
})
const facts = {
  lua: (await runtime.run('print("x") return 6 * 7')).value,
  javascript: (await runtime.run({ source: 'export default 6 * 7', file: 'a.js' })).value,
  durable: (await runtime.run({ source: 'return 6 * 7', durable: {} })).value,
  tool: (await runtime.tool('calculator').invoke({ expression: '6 * 7' })).text,
}
const agent = await runtime.agent({ tools: ['calculator'] })
facts.agent = (await agent.execute('What is 6 * 7?')).text.includes('42')
const steps = [{ name: 'a', tool: 'calculator', input: { expression: '6 * 7' } }]
facts.workflow = (await runtime.workflow({ name: 'w', type: 'sequential', steps })).result.value
await runtime.state.set('global', 'n', 42)
facts.state = await runtime.state.get('global', 'n')
await runtime.events.on('order.*', () => {})
facts.model = (await runtime.models.info()).id
facts.providers = (await runtime.models.providers()).length > 0

const ends = [
  runtime.run('return Tool.stuck{}'),
  runtime.tool('stuck').invoke(),
  Array.fromAsync(runtime.tool('stuck').stream()),
  runtime.run('Run.sleep("1h")'),
].map((call) =>
  call.then(
    () => 'ended',
    (error) => error.code,
  ),
)
await stuck.promise
await Promise.all([runtime.dispose(), runtime.dispose()])
facts.ends = await Promise.all(ends)
facts.after = await runtime.run('return 1').catch((error) => error.code)
await agent.close()
const quiet = {
  listeners: String(listeners()) === String(before.listeners),
  globals: globals().filter((name) => !before.globals.includes(name)),
  same: process.cwd() === before.cwd && process.exitCode === before.code,
  open: open(),
}
process.on('beforeExit', () => process.stdout.write(JSON.stringify({ facts, quiet })))

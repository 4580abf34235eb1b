// Ratios of the engine to itself: node plugins/engine-lua/bench/engine.mjs (after a build).
const imported = performance.now()
const { engine } = await import('../dist/index.js')
const importMs = performance.now() - imported

const module = {
  name: 'Host',
  version: '1.0.0',
  doc: '',
  functions: {
    now: { doc: '', params: [{ name: 'value', schema: {} }] },
    later: { doc: '', params: [{ name: 'value', schema: {} }] },
  },
}
const data = Array.from({ length: 400 }, (_, i) => ({
  id: i,
  name: `item number ${i}`,
  tags: ['alpha', 'beta', 'gamma'],
  score: i / 7,
  nested: { enabled: true, note: 'some longer text that is not interned by Lua at all' },
}))

const options = () => ({
  facts: { runId: 'r', script: 'bench.lua', args: [], seed: 's', startedAt: 0 },
  limits: { memoryBytes: 256 * 1024 * 1024 },
  modules: ['Host'],
  describe: () => module,
  locals: {},
  field: () => undefined,
  call: ({ function: name, args }) =>
    name === 'later' ? Promise.resolve({ ok: true, value: args[0] }) : { ok: true, value: args[0] },
  callInPlace: ({ args }) => ({ ok: true, value: args[0] }),
  notify: () => {},
  write: () => {},
  enter: (fn) => fn(),
})

async function time(fn, rounds = 5) {
  let best = Infinity
  for (let i = 0; i < rounds; i++) {
    const from = performance.now()
    await fn()
    best = Math.min(best, performance.now() - from)
  }
  return best
}

const row = (name, ms, note = '') =>
  process.stdout.write(`${name.padEnd(38)} ${ms.toFixed(2).padStart(8)} ms  ${note}\n`)
const script = (source) => async () => {
  const session = await engine.open(options())
  const ms = await time(() => session.run({ source, file: 'bench.lua' }))
  await session.close()
  return ms
}

row('import', importMs)
row('first session', await time(async () => engine.open(options()), 1))
row('next session', await time(async () => engine.open(options()), 20))
const fib = await script(
  'local function f(n) if n < 2 then return n end return f(n-1) + f(n-2) end return f(27)',
)()
row('fib(27)', fib)
const empty = await script('local function f(x) return x end for i = 1, 100000 do f(i) end')()
row('100,000 Lua calls', empty)
const sync = await script('local f = Host.now for i = 1, 100000 do f(i) end')()
row('100,000 sync host calls', sync, `${(sync / empty).toFixed(1)} × a Lua call`)
const awaited = await script('local f = Host.later for i = 1, 10000 do f(i) end')()
row('10,000 awaited host calls', awaited)
const tasks = await script('for i = 1, 1000 do Async.spawn(Host.later, i) end')()
row('1,000 tasks with one call each', tasks)
const json = JSON.stringify(data)
const pass = await engine.open({ ...options(), call: () => ({ ok: true, value: data }) })
row(
  `${(json.length / 1024).toFixed(0)} KB in and out`,
  await time(() => pass.run({ source: 'Host.now(Host.now())', file: 'b.lua' }), 20),
)
row('JSON.stringify + parse of the same', await time(() => JSON.parse(JSON.stringify(data)), 20))

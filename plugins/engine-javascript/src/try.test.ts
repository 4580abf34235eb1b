import { it, expect } from 'vitest'
import { engine } from './index.ts'
const facts = { runId: 'r', script: 's.js', args: ['a', '--k', 'v'], seed: 'x', startedAt: 1e12 }
it('runs', async () => {
  const out: string[] = []
  const t = performance.now()
  const s = await engine.open({ facts, limits: { memoryBytes: 64 << 20 }, modules: [], locals: {}, describe: () => { throw new Error('no') }, field: () => undefined,
    call: async () => ({ ok: true, value: undefined }), callInPlace: () => ({ ok: true, value: undefined }), notify() {}, write: (x) => void out.push(x), enter: (f) => f() })
  console.log('open', performance.now() - t)
  const t2 = performance.now()
  console.log(await s.run({ source: 'print("hi", {a:[1,2]}, ARGS, arg); const x = await Async.all({a: () => 1, b: async () => 2}); print(new URL("http://a/b?c=1").searchParams.get("c")); return { x, u: new TextEncoder().encode("hé"), d: new Date(0), r: Math.random() }', file: 's.js' }), performance.now() - t2)
  console.log(out)
  await s.run({ source: 'const a = 1\n  throw new TypeError("bad")', file: 's.js' }).catch((e) => console.log(e.code, e.message, e.where, e.trace))
  await s.run({ source: 'let a = ;', file: 's.js' }).catch((e) => console.log(e.code, e.message, e.where))
  console.log(await s.run({ source: 'export default 5 + await 6', file: 's.js' }))
  console.log(await s.run({ source: 'const a: number = 5\nreturn a as number', file: 's.ts' }))
  for (const line of ['let x = 4', 'x * 2', 'const {y, z} = await {y:1,z:[2]}', 'z', 'function f(', 'throw 5', 'class A { b = 1 }', 'new A()', 'x.y.z', '"a"', '`a', 'undefined'])
    console.log(line, await s.evaluate(line))
  console.log(s.complete('pri'), s.complete('console.l'), s.complete('Mat'))
  await s.close()
})

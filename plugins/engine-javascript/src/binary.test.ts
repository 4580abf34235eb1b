import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { EXPORTS, IMPORTS, binary } from './binary.ts'
import { TRACKER } from './rejections.ts'
import { wasm } from './wasm.ts'

const FILE = '@jitl/quickjs-wasmfile-release-sync/wasm'
const folder = dirname(createRequire(import.meta.url).resolve(FILE))
const loader = readFileSync(join(folder, 'emscripten-module.mjs'), 'utf8')

it('names the functions of the binary as the loader of the package does', () => {
  const named = new Map([...loader.matchAll(/d\._(\w+)=b\.([\w$]+)/g)].map((m) => [m[1], m[2]]))
  const { initialize, ...table } = EXPORTS
  const found = Object.fromEntries(Object.keys(table).map((name) => [name, named.get(name)]))
  expect(found).toEqual(table)
  expect(loader).toContain(`ba=!0;Z.${initialize}()`)
})

it('offers exactly what the binary asks for', () => {
  const imports = wasm.Module.imports(binary()).map(({ name }) => name)
  expect(imports.toSorted().join('')).toBe(IMPORTS)
  expect(loader).toContain('return d.callbacks.callFunction(void 0,a,c,b,e,f)},i:function(a)')
  expect(loader).toContain('h:function(a,c,b){b=R(b);return d.callbacks.loadModuleSource')
  expect(loader).toContain('p:()=>Date.now(),k:a=>')
})

it('keeps the tracker of rejections behind the handler of interrupts', () => {
  const memory = new wasm.Memory({ initial: 256, maximum: 256 })
  const imports = Object.fromEntries(IMPORTS.split('').map((name) => [name, () => 0]))
  const { exports } = new wasm.Instance(binary(), { a: { ...imports, a: memory } })
  const call = (name: keyof typeof EXPORTS, ...args: number[]): number =>
    (exports[EXPORTS[name]] as (...given: number[]) => number)(...args)
  call('initialize')
  const runtime = call('QTS_NewRuntime')
  const words = new Int32Array(memory.buffer, runtime)
  const before = words.slice(0, 100)
  call('QTS_RuntimeEnableInterruptHandler', runtime)
  const handler = words.slice(0, 100).findIndex((word, i) => word !== before[i])
  // Each is a function and a pointer; behind them begins the list of jobs, which points to itself.
  expect((handler + 2) * 4).toBe(TRACKER)
  expect(words[TRACKER / 4 + 2]).toBe(runtime + TRACKER + 8)
})

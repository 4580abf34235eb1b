import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { WasmModule } from './wasm.ts'
import { wasm } from './wasm.ts'

let lua: WasmModule | undefined
let slots: WasmModule | undefined

/** The Lua binary, compiled once per thread and when it is first asked for. */
export function luaModule(): WasmModule {
  if (!lua) {
    const require = createRequire(import.meta.url)
    lua = new wasm.Module(readFileSync(require.resolve('wasmoon/dist/glue.wasm')))
  }
  return lua
}

/**
 * (module (import "e" "f" (func (param i32) (result i32))) (import "e" "j" (func (param i32) (result
 * i32))) (import "e" "k" (func (param i32 i32 i32) (result i32))) and the same three as exports):
 * what leaves it fits a function table.
 */
// oxfmt-ignore
const SLOTS = Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 13, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f,
  2, 19, 3, 1, 0x65, 1, 0x66, 0, 0, 1, 0x65, 1, 0x6a, 0, 0, 1, 0x65, 1, 0x6b, 0, 1,
  7, 13, 3, 1, 0x66, 0, 0, 1, 0x6a, 0, 1, 1, 0x6b, 0, 2,
)

export interface Entries {
  /** Every native. */
  readonly f: (L: number) => number
  /** Work in protected mode. */
  readonly j: (L: number) => number
  /** Continuation of every yield. */
  readonly k: (L: number, status: number, context: number) => number
}

/** The functions as exports of WebAssembly, which a function table accepts. */
export function tableFunctions(e: Entries): Entries {
  slots ??= new wasm.Module(SLOTS)
  const { exports } = new wasm.Instance(slots, { e: { ...e } })
  return exports as unknown as Entries
}

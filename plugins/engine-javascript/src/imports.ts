import { PAGE } from './wasm.ts'
import type { WasmImports, WasmMemory } from './wasm.ts'

/** Where the binary asks for something. Pointers are numbers. */
export interface Outside {
  readonly memory: WasmMemory
  /** The memory has grown: views of it are detached. */
  grown(): void
  /** Growth was refused. */
  refused(): void
  /** Asked now and then: what runs is ended, and no `catch` holds it. */
  interrupted(): boolean
  /** ms since the epoch. */
  now(): number
  words(): Int32Array
  /** A guest calls host function `id`. @returns a value, or 0 for undefined */
  call(argc: number, argv: number, id: number): number
  /** @returns the source as a C string of its own, or 0 after a throw */
  load(name: number): number
  /** @returns the name as a C string of its own, or 0 after a throw */
  normalize(base: number, name: number): number
}

/**
 * The imports by the short names of this build. No file, no environment, no exit, no process: of what an
 * operating system has, only a clock that is the run's, and UTC.
 */
export function importsOf(outside: Outside): WasmImports {
  return {
    a: {
      a: outside.memory,
      b: refuse('assert'),
      c: refuse('fd_write'),
      d: () => 52,
      e: () => 0,
      f: (count: number, size: number) => noEnvironment(outside, count, size),
      g: (_rt: number, _ctx: number, base: number, name: number) => outside.normalize(base, name),
      h: (_rt: number, _ctx: number, name: number) => outside.load(name),
      i: () => (outside.interrupted() ? 1 : 0),
      j: refuse('setitimer'),
      k: (size: number) => grow(outside, size >>> 0),
      l: refuse('keepalive'),
      m: (_time: bigint, tm: number) => void outside.words().fill(0, tm >> 2, (tm >> 2) + 11),
      n: () => {},
      o: () => 70,
      p: () => outside.now(),
      q: refuse('abort'),
      r: refuse('exit'),
      s: (_ctx: number, _self: number, argc: number, argv: number, id: number) =>
        outside.call(argc, argv, id),
      t: () => {},
    },
  }
}

function refuse(what: string): () => never {
  return () => {
    throw new Error(`The engine asked for '${what}'`)
  }
}

function noEnvironment(outside: Outside, count: number, size: number): number {
  outside.words()[count >> 2] = 0
  outside.words()[size >> 2] = 0
  return 0
}

/** The heap asks for room. It gets what it needs and a fifth more where there is as much, else exactly that. */
function grow(outside: Outside, size: number): number {
  const has = outside.memory.buffer.byteLength
  for (const wanted of [Math.max(size, has * 1.2), size]) {
    try {
      outside.memory.grow(Math.max(0, Math.ceil((wanted - has) / PAGE)))
      outside.grown()
      return 1
    } catch {
      continue
    }
  }
  outside.refused()
  return 0
}

/** A compiled module. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

export interface WasmTable {
  get(index: number): unknown
  set(index: number, value: unknown): void
  /** @returns the size before */
  grow(count: number): number
}

export type WasmImports = Record<string, Record<string, (...args: never[]) => unknown>>

interface Wasm {
  readonly Module: {
    new (bytes: Uint8Array): WasmModule
    imports(module: WasmModule): { readonly module: string; readonly name: string }[]
  }
  readonly Instance: new (
    module: WasmModule,
    imports: WasmImports,
  ) => { readonly exports: Record<string, unknown> }
}

/** The JavaScript API of WebAssembly: Node has it, its types do not. */
export const wasm: Wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly

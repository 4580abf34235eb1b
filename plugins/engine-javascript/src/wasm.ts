/** A compiled module. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  /** @throws RangeError beyond the maximum */
  grow(pages: number): number
}

export type WasmImports = Record<string, Record<string, unknown>>

interface Wasm {
  readonly Module: {
    new (bytes: Uint8Array): WasmModule
    imports(module: WasmModule): { readonly module: string; readonly name: string }[]
    exports(module: WasmModule): { readonly name: string; readonly kind: string }[]
  }
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WasmMemory
  readonly Instance: new (
    module: WasmModule,
    imports: WasmImports,
  ) => { readonly exports: Record<string, unknown> }
}

/** The JavaScript API of WebAssembly: Node has it, its types do not. */
export const wasm: Wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly

export const PAGE = 65_536

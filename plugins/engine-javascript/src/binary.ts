import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { withTable } from './table.ts'
import { wasm } from './wasm.ts'
import type { WasmModule } from './wasm.ts'

const require = createRequire(import.meta.url)

/**
 * The functions of the binary that the binding uses. The build of quickjs-emscripten shortens their names, so the
 * table holds for exactly one version; a test compares it with the loader of the package.
 */
export const EXPORTS = {
  initialize: 'u',
  malloc: 'v',
  free: 'M',
  QTS_Throw: 'w',
  QTS_RuntimeSetMaxStackSize: 'D',
  QTS_GetUndefined: 'E',
  QTS_NewRuntime: 'K',
  QTS_NewContext: 'N',
  QTS_FreeValuePointer: 'P',
  QTS_FreeCString: 'S',
  QTS_NewObject: 'U',
  QTS_NewArrayBuffer: 'X',
  QTS_NewFloat64: 'Y',
  QTS_GetFloat64: 'Z',
  QTS_NewString: '_',
  QTS_GetString: '$',
  QTS_DupValuePointer: 'T',
  QTS_IsJobPending: 'fa',
  QTS_ExecutePendingJob: 'ga',
  QTS_GetProp: 'ha',
  QTS_SetProp: 'ja',
  QTS_Call: 'ma',
  QTS_ResolveException: 'na',
  QTS_Eval: 'pa',
  QTS_NewFunction: 'Da',
  QTS_ArgvGetJSValueConstPointer: 'Ea',
  QTS_RuntimeEnableInterruptHandler: 'Fa',
  QTS_RuntimeEnableModuleLoader: 'Ha',
} as const

/** What the binary asks for. */
export const IMPORTS = 'abcdefghijklmnopqrst'

let compiled: WasmModule | undefined

/** The engine, compiled once per process. @throws where the binary is absent or not the one this binding knows */
export function binary(): WasmModule {
  if (compiled) return compiled
  const file = require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
  const module = new wasm.Module(withTable(readFileSync(file)))
  const imports = wasm.Module.imports(module).map(({ name }) => name)
  const exports = new Set(wasm.Module.exports(module).map(({ name }) => name))
  const missing = Object.values(EXPORTS).filter((name) => !exports.has(name))
  if (imports.toSorted().join('') !== IMPORTS || missing.length > 0) {
    throw new Error(`The binary is another one: imports ${imports.join(' ')}`)
  }
  return (compiled = module)
}

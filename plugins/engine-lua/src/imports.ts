import type { WasmImports } from './wasm.ts'

/** What the imports need to know of the session they serve. */
export interface ImportHost {
  /** @returns false where the limit forbids the growth */
  grow(bytes: number): boolean
  /** Calls a C function that may be left by a longjmp. */
  invoke(slot: number, a: number, b: number): void
  abort(): never
}

/** Stands for longjmp, as in emscripten: a number, so that it can be told from a true error. */
const LONGJMP = Infinity

const ENOSYS = -52
const WASI_BADF = 8

const refused = (): number => ENOSYS
const badFile = (): number => WASI_BADF
const nothing = (): void => {}

function throwLongjmp(): never {
  // oxlint-disable-next-line typescript/only-throw-error -- an Error would cost a stack trace per pcall
  throw LONGJMP
}

/**
 * Everything that glue.wasm asks of its host. Files, environment, processes and the clock are
 * refused; the clock stands still, because it seeds the order of tables.
 */
export function importsFor(host: ImportHost): WasmImports {
  return {
    env: {
      abort: () => host.abort(),
      exit: () => host.abort(),
      invoke_vii: (slot: number, a: number, b: number) => host.invoke(slot, a, b),
      _emscripten_throw_longjmp: throwLongjmp,
      emscripten_resize_heap: (bytes: number) => (host.grow(bytes >>> 0) ? 1 : 0),
      emscripten_date_now: () => 0,
      _emscripten_get_now_is_monotonic: () => 1,
      strftime: () => 0,
      system: () => -1,
      _mktime_js: () => 0n,
      _localtime_js: nothing,
      _gmtime_js: nothing,
      _tzset_js: nothing,
      __syscall_openat: refused,
      __syscall_fcntl64: refused,
      __syscall_ioctl: refused,
      __syscall_dup3: refused,
      __syscall_unlinkat: refused,
      __syscall_rmdir: refused,
      __syscall_renameat: refused,
      __syscall_readlinkat: refused,
    },
    wasi_snapshot_preview1: {
      fd_write: badFile,
      fd_read: badFile,
      fd_close: badFile,
      fd_seek: badFile,
      environ_sizes_get: badFile,
      environ_get: badFile,
    },
  }
}

import { isSpellError } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import { EXPORTS, binary } from './binary.ts'
import { Cells } from './cells.ts'
import { importsOf } from './imports.ts'
import { failureOf, memoryLimit } from './lost.ts'
import { Thrown } from './quickjs.ts'
import type { Api, MachineOptions } from './quickjs.ts'
import { Arguments } from './native.ts'
import type { Native } from './native.ts'
import { Rejections } from './rejections.ts'
import { PAGE, wasm } from './wasm.ts'
import type { WasmMemory } from './wasm.ts'

/** Start size of the binary; no limit can be lower. */
const LEAST_MEMORY = 16 * 1024 * 1024
const STACK = 256 * 1024
const SLICE = 1000
/** One QuickJS in a WebAssembly instance of its own. After a failure of the host inside it, it is lost. */
export class Machine {
  readonly api: Api
  readonly cells: Cells
  readonly rejections: Rejections
  readonly #memory: WasmMemory
  readonly #options: MachineOptions
  readonly #natives: Native[] = []
  readonly #rt: number
  readonly #ctx: number
  readonly #args: number
  #time: number | undefined
  #depth = 0
  /** Set when the instance must not be entered again. */
  lost: SpellError | undefined
  /** Memory growth was refused since this was last cleared. */
  refused = false
  /** Makes a guest error of a host failure; set by the session. */
  raise: (error: SpellError) => number = () => 0

  constructor(options: MachineOptions) {
    this.#options = options
    const most = Math.max(options.memoryBytes, LEAST_MEMORY)
    this.#memory = new wasm.Memory({
      initial: LEAST_MEMORY / PAGE,
      maximum: Math.min(Math.floor(most / PAGE), 32_768),
    })
    const { exports } = new wasm.Instance(binary(), importsOf(this.#outside()))
    this.api = Object.fromEntries(
      Object.entries(EXPORTS).map(([name, short]) => [name, exports[short]]),
    ) as Api
    this.cells = new Cells(this.#memory, (size) => this.api.malloc(size))
    this.#time = options.seedTime
    this.api.initialize()
    this.#rt = this.api.QTS_NewRuntime()
    this.api.QTS_RuntimeSetMaxStackSize(this.#rt, STACK)
    this.#ctx = this.api.QTS_NewContext(this.#rt, 0)
    this.api.QTS_RuntimeEnableModuleLoader(this.#rt, 1)
    this.api.QTS_RuntimeEnableInterruptHandler(this.#rt)
    this.#time = undefined
    this.#args = this.api.malloc(8 * 4)
    this.rejections = new Rejections(this, exports, this.#rt)
  }

  #outside(): Parameters<typeof importsOf>[0] {
    return {
      memory: this.#memory,
      grown: () => this.cells.refresh(),
      refused: () => {
        this.refused = true
      },
      interrupted: () => this.refused,
      now: () => this.#time ?? this.#options.now(),
      words: () => this.cells.words,
      call: (argc, argv, id) =>
        this.#guarded(() => this.#natives[id]!(new Arguments(this, argc, argv))),
      load: (name) => this.#cString(() => this.#options.load(this.cells.text(name))),
      normalize: (base, name) =>
        this.#cString(() => this.#options.resolve(this.cells.text(base), this.cells.text(name))),
    }
  }

  #cString(text: () => string): number {
    let pointer = 0
    const thrown = this.#guarded(() => {
      pointer = this.cells.write(text())
      return 0
    })
    return thrown === 0 ? pointer : 0
  }

  /** Host code inside the guest: its SpellErrors become errors of the guest, anything else ends the machine. */
  #guarded(fn: () => number): number {
    try {
      return fn()
    } catch (error) {
      if (this.lost || !isSpellError(error) || error.code === 'MEMORY_LIMIT')
        throw this.#broke(error)
      const value = this.raise(error)
      const thrown = this.api.QTS_Throw(this.#ctx, value)
      this.free(value)
      return thrown
    }
  }

  #broke(error: unknown): SpellError {
    return (this.lost ??= failureOf(error))
  }

  /** Runs `fn` as an entry into the guest. @throws what ended the machine */
  enter<T>(fn: () => T): T {
    if (this.lost) throw this.lost
    if (this.#depth > 0) return fn()
    this.#depth++
    try {
      return this.#options.enter(fn)
    } catch (error) {
      if (error instanceof Thrown) throw error
      throw this.#broke(error)
    } finally {
      this.#depth--
    }
  }

  /** @throws Thrown */
  #checked(value: number): number {
    const thrown = this.api.QTS_ResolveException(this.#ctx, value)
    if (thrown === 0) return value
    this.free(value)
    throw new Thrown(thrown)
  }

  /** The value of a source. @throws Thrown */
  evaluate(source: string, file: string, flags: number): number {
    const text = this.#room(this.cells.write(source))
    const name = this.#room(this.cells.write(file))
    const size = Buffer.byteLength(source)
    try {
      return this.#checked(this.api.QTS_Eval(this.#ctx, text, size, name, 0, flags))
    } finally {
      this.api.free(text)
      this.api.free(name)
    }
  }

  /** Calls a guest function with at most eight values. @throws Thrown */
  call(fn: number, ...values: readonly number[]): number {
    this.cells.words.set(values, this.#args >> 2)
    const undefinedValue = this.api.QTS_GetUndefined()
    return this.#checked(
      this.api.QTS_Call(this.#ctx, fn, undefinedValue, values.length, this.#args),
    )
  }

  /** Calls a guest function with text; gives its text. @throws Thrown */
  callText(fn: number, ...texts: readonly string[]): string {
    const values = texts.map((text) => this.string(text))
    try {
      const result = this.call(fn, ...values)
      const text = this.textOf(result)
      this.free(result)
      return text
    } finally {
      for (const value of values) this.free(value)
    }
  }

  /** Runs at most 1,000 jobs. @returns false when none is left @throws Thrown by a job */
  jobs(): boolean {
    if (this.api.QTS_IsJobPending(this.#rt) === 0) return false
    const result = this.#checked(this.api.QTS_ExecutePendingJob(this.#rt, SLICE, this.#args))
    this.free(result)
    return this.api.QTS_IsJobPending(this.#rt) !== 0
  }

  /** A guest string. The text must not hold U+0000. */
  string(text: string): number {
    const lent = this.cells.lend(text)
    if (lent !== 0) return this.api.QTS_NewString(this.#ctx, lent)
    const pointer = this.#room(this.cells.write(text))
    const value = this.api.QTS_NewString(this.#ctx, pointer)
    this.api.free(pointer)
    return value
  }

  /** Text of a value, up to its first U+0000. */
  textOf(value: number): string {
    const pointer = this.#room(this.api.QTS_GetString(this.#ctx, value))
    const text = this.cells.text(pointer)
    this.api.QTS_FreeCString(this.#ctx, pointer)
    return text
  }

  /** A guest ArrayBuffer with a copy of the bytes. */
  buffer(bytes: Uint8Array): number {
    const { pointer, value } = this.room(bytes.length)
    this.cells.setBytes(pointer, bytes)
    return value
  }

  /** A guest ArrayBuffer, and where its bytes are. */
  room(size: number): { readonly pointer: number; readonly value: number } {
    const pointer = this.#room(this.api.malloc(Math.max(1, size)))
    return { pointer, value: this.api.QTS_NewArrayBuffer(this.#ctx, pointer, size) }
  }

  numberOf(value: number): number {
    return this.api.QTS_GetFloat64(this.#ctx, value)
  }

  /** An object of the guest with host functions. */
  natives(functions: Readonly<Record<string, Native>>): number {
    const object = this.api.QTS_NewObject(this.#ctx)
    for (const [name, fn] of Object.entries(functions)) {
      const id = this.#natives.push(fn) - 1
      const key = this.string(name)
      const value = this.api.QTS_NewFunction(this.#ctx, this.cells.lend(name), 0, 0, id)
      this.api.QTS_SetProp(this.#ctx, object, key, value)
      this.free(value)
      this.free(key)
    }
    return object
  }

  property(object: number, name: string): number {
    const key = this.string(name)
    const value = this.api.QTS_GetProp(this.#ctx, object, key)
    this.free(key)
    return value
  }

  free(value: number): void {
    if (value !== 0 && !this.lost) this.api.QTS_FreeValuePointer(this.#ctx, value)
  }

  #room(pointer: number): number {
    if (pointer === 0) {
      this.refused = true
      throw memoryLimit()
    }
    return pointer
  }

  memory(): number {
    return this.#memory.buffer.byteLength
  }
}

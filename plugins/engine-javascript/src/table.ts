import { wasm } from './wasm.ts'
import type { WasmModule } from './wasm.ts'

const SECTION = { table: 4, export: 7 } as const
const HEADER = 8
/** What the function table is exported as. */
export const TABLE = 'table'

/**
 * The binary with its function table exported and free to grow. Nothing else can tell that a promise was rejected: the
 * build has no function for QuickJS's own tracker of rejections, but calls it where one is set.
 */
export function withTable(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, HEADER)]
  for (let at = HEADER; at < bytes.length;) {
    const size = number(bytes, at + 1)
    const end = size.next + size.value
    const content = bytes.subarray(size.next, end)
    const changed = changedSection(bytes[at]!, content)
    parts.push(changed ? section(bytes[at]!, changed) : bytes.subarray(at, end))
    at = end
  }
  return Buffer.concat(parts)
}

function changedSection(id: number, content: Uint8Array): Uint8Array | undefined {
  if (id === SECTION.table) return growing(content)
  return id === SECTION.export ? withExport(content) : undefined
}

/** One table of functions, without its maximum. */
function growing(content: Uint8Array): Uint8Array {
  if (content[0] !== 1) throw new Error('The binary is another one: it has not one table.')
  const { value: initial } = number(content, 3)
  return Uint8Array.of(1, content[1]!, 0, ...leb(initial))
}

function withExport(content: Uint8Array): Uint8Array {
  const { value: count, next } = number(content, 0)
  const name = Buffer.from(TABLE)
  const entry = [name.length, ...name, 1, 0]
  return Buffer.concat([
    Uint8Array.from(leb(count + 1)),
    content.subarray(next),
    Uint8Array.from(entry),
  ])
}

function section(id: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(id, ...leb(content.length)), content])
}

/** A number in LEB128 and where it ends. */
function number(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0
  for (let shift = 0; ; shift += 7, at++) {
    value |= (bytes[at]! & 0x7f) << shift
    if (bytes[at]! < 0x80) return { value, next: at + 1 }
  }
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]
}

/** Of QuickJS: context, promise, reason, whether it is handled now, the pointer that was set beside it. */
export type Tracker = (
  ctx: number,
  promise: bigint,
  reason: bigint,
  handled: number,
  opaque: number,
) => void

/** (module (import "e" "t" (func (param i32 i64 i64 i32 i32))) (export "t" (func 0))): what leaves it fits a table. */
// oxfmt-ignore
const SLOT = Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 9, 1, 0x60, 5, 0x7f, 0x7e, 0x7e, 0x7f, 0x7f, 0,
  2, 7, 1, 1, 0x65, 1, 0x74, 0, 0,
  7, 5, 1, 1, 0x74, 0, 0,
)
let slot: WasmModule | undefined

/** The tracker as a function of WebAssembly. */
export function trackerFunction(tracker: Tracker): unknown {
  slot ??= new wasm.Module(SLOT)
  return new wasm.Instance(slot, { e: { t: tracker } }).exports['t']
}

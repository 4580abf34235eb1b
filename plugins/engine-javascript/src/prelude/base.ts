/** Guest side of everything else: what the other parts stand on, and the way to them. */
export const BASE = /* js */ String.raw`
const { parse, stringify } = JSON
const { keys: keysOf, defineProperty: define, freeze, getPrototypeOf: protoOf, create, hasOwn } = Object
const { isArray } = Array
const PlainObject = Object.prototype
/** The script as it was wrapped, for columns of its first line; and what was put into lines of entries, by file. */
const wrapped = { file: '', by: 0 }
const moved = create(null)
const parts = {}
/** Code that is loaded when it is first needed. */
const part = (name) => parts[name] ??= host.part(name)(host, kit)
const raise = (...args) => part('errors').raise(...args)
const failure = (record, stack) => part('errors').failure(record, stack ?? new Error().stack)
const describeText = (thrown, compiling) => part('errors').describeText(thrown, compiling)
const inspect = (value) => typeof value === 'string' ? value : part('shown').inspect(value)
const textOf = (value) => part('errors').textOf(value)
`

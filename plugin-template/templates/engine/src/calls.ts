import { checkValue, didYouMean, fromErrorRecord, SpellError } from '@llmspell/sdk'
import type { HandleRef, HostCall, HostReply, ScriptModule, SessionOptions } from '@llmspell/sdk'
import { broken, textOf, type Call, type Result } from './evaluate.ts'

const BUILT_IN = ['print', 'write', 'fail']

/** Carries out one call of a script: of the language itself, of a module, or of a handle. */
export function carryOut(call: Call, options: SessionOptions): Result | Promise<Result> {
  const { module, handle, name } = call.target
  if (handle) return ofHandle(call, handle, options)
  if (module === undefined) return builtIn(name, call.args, options)
  const described = options.describe(module)
  const { functions, fallback } = described
  const known = Object.hasOwn(functions, name) && !functions[name]!.hidden
  if (known) return ofModule(module, name, call.args, options)
  if (fallback !== undefined) return ofModule(module, fallback, [name, ...call.args], options)
  throw unknown(module, name, visible(described))
}

/** The names of a module that a script may use. */
export function visible({ functions, fields = {} }: ScriptModule): string[] {
  const names = Object.keys(functions).filter((name) => !functions[name]!.hidden)
  return [...names, ...Object.keys(fields)]
}

function builtIn(name: string, args: readonly Result[], options: SessionOptions): Result {
  const texts = args.map(textOf)
  if (name === 'fail') throw broken(texts.join(' '))
  if (name === 'print') options.write(`${texts.join('\t')}\n`)
  else if (name === 'write') options.write(texts.join(''))
  else throw broken(`There is no function '${name}'.`, didYouMean(name, BUILT_IN))
  return undefined
}

function ofModule(
  module: string,
  name: string,
  given: readonly Result[],
  options: SessionOptions,
): Result | Promise<Result> {
  const { kind } = options.describe(module).functions[name]!
  const args = checked(given)
  const local = options.locals[`${module}.${name}`]
  if (kind === 'local' && local) return local(args, options.facts)
  const call: HostCall = { module, function: name, args }
  if (kind !== 'notify') return answer(options.call(call))
  options.notify(call)
  return undefined
}

function ofHandle(
  { target, args }: Call,
  { type, id }: HandleRef,
  options: SessionOptions,
): Result | Promise<Result> {
  const owner = options.modules.find((name) => options.describe(name).handles?.[type])
  const methods = owner === undefined ? {} : options.describe(owner).handles![type]!.methods
  if (owner === undefined || !Object.hasOwn(methods, target.name))
    throw unknown(type, target.name, Object.keys(methods))
  const name = `${type}.${target.name}`
  return answer(options.call({ module: owner, function: name, handle: id, args: checked(args) }))
}

const checked = (args: readonly Result[]): readonly Result[] =>
  args.map((value, index) =>
    value === undefined ? value : checkValue(value, { path: `${index + 1}` }),
  )

function answer(reply: HostReply | Promise<HostReply>): Result | Promise<Result> {
  return 'then' in reply ? reply.then(valueOf) : valueOf(reply)
}

function valueOf(reply: HostReply): Result {
  if (reply.ok) return reply.value
  throw fromErrorRecord(reply.error)
}

function unknown(owner: string, name: string, known: readonly string[]): SpellError {
  const text = `'${owner}' has no function '${name}'.`
  const hint = didYouMean(name, known, `It has: ${known.join(', ')}.`)
  return new SpellError('FUNCTION_UNKNOWN', text, { hint })
}

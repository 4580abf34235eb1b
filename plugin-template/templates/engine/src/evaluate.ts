import { didYouMean, SpellError, unsupported, type HandleRef, type Value } from '@llmspell/sdk'
import type { Node } from './syntax.ts'

/** A value of the language: undefined is what a call without a result gives. */
export type Result = Value | undefined

/** A function that is about to be called: of a module, of a handle, or of the language. */
export interface Target {
  readonly module?: string
  readonly handle?: HandleRef
  readonly name: string
}

/** What an expression needs of the session. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Result>
  readonly modules: readonly string[]
  field(module: string, name: string): Result
  /** Refuses what is larger than the memory of the session. @throws MEMORY_LIMIT */
  measured(value: Result): Result
}

/** A call that the session is asked for. */
export interface Call {
  readonly target: Target
  readonly args: readonly Result[]
}

/** Asks the session for calls, and gets their answers. */
export type Steps<T = Result> = Generator<Call, T, Result>

/** The value of an expression. It stops at each call, so that only this code runs in the engine's time. */
export function* evaluate(node: Node, scope: Scope): Steps {
  switch (node.type) {
    case 'value':
      return node.value
    case 'name':
      return variable(node.name, scope)
    case 'list':
      return (yield* all(node.items, scope)) as Value[]
    case 'map': {
      const values = yield* all(
        node.entries.map(([, value]) => value),
        scope,
      )
      return Object.fromEntries(node.entries.map(([key], i) => [key, values[i]])) as Value
    }
    case 'member':
      return yield* member(node.of, node.name, scope)
    case 'call': {
      const target = yield* targetOf(node.of, scope)
      return yield { target, args: yield* all(node.args, scope) }
    }
    case 'sum': {
      const left = yield* evaluate(node.left, scope)
      const right = yield* evaluate(node.right, scope)
      return scope.measured(sum(node.operator, left, right))
    }
  }
}

function* all(nodes: readonly Node[], scope: Scope): Steps<Result[]> {
  const values: Result[] = []
  for (const node of nodes) values.push(yield* evaluate(node, scope))
  return values
}

function* member(of: Node, name: string, scope: Scope): Steps {
  if (isModule(of, scope)) return scope.field(of.name, name)
  const value = yield* evaluate(of, scope)
  const holder = isHandle(value) ? value.fields : value
  const own = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
  return own ? (holder as Record<string, Value>)[name] : undefined
}

function* targetOf(of: Node, scope: Scope): Steps<Target> {
  if (of.type === 'name') return { name: of.name }
  if (of.type !== 'member') throw broken('Only names can be called.')
  if (isModule(of.of, scope)) return { module: of.of.name, name: of.name }
  const value = yield* evaluate(of.of, scope)
  if (isHandle(value)) return { handle: value, name: of.name }
  throw broken(`'${of.name}' is called of what has no functions.`)
}

function isModule(node: Node, { modules, variables }: Scope): node is Node & { type: 'name' } {
  return node.type === 'name' && modules.includes(node.name) && !variables.has(node.name)
}

function isHandle(value: Result): value is Value & HandleRef {
  return (value as { $llmspell?: unknown } | null | undefined)?.$llmspell === 'handle'
}

function variable(name: string, { variables, modules }: Scope): Result {
  if (variables.has(name)) return variables.get(name)
  const hint = didYouMean(name, [...variables.keys(), ...modules])
  throw broken(`The name '${name}' is not set.`, hint)
}

function sum(operator: string, left: Result, right: Result): Value {
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string'))
    return textOf(left) + textOf(right)
  if (typeof left !== 'number' || typeof right !== 'number')
    throw broken(`'${operator}' needs numbers, found ${textOf(left)} and ${textOf(right)}.`)
  const results = { '+': left + right, '-': left - right, '*': left * right, '/': left / right }
  const value = results[operator as keyof typeof results]
  if (!Number.isFinite(value)) throw unsupported(operator, String(value), 'a finite number')
  return value
}

/** A value as `print` shows it. */
export function textOf(value: Result): string {
  if (typeof value === 'string') return value
  const text = (value as { text?: unknown } | null | undefined)?.text
  return typeof text === 'string' ? text : (JSON.stringify(value) ?? 'nothing')
}

/** An error of the script. */
export function broken(message: string, hint?: string): SpellError {
  return new SpellError('SCRIPT_ERROR', message, { hint: hint === '' ? undefined : hint })
}

import { didYouMean, isRef, isSpellError, SpellError } from '@llmspell/sdk'
import type { Arena } from './arena.ts'
import { BUILT_IN } from './builtins.ts'
import { broken, Fn, Frame, isMap, kindOf, textOf, type Item } from './items.ts'
import type { Machine, Steps } from './machine.ts'
import type { Form } from './reader.ts'
import { functionOf, SPECIAL } from './special.ts'

/** Each call takes some of the host's own stack. */
const MAX_DEPTH = 400

/** The language: forms as items. */
export class Evaluator implements Machine {
  readonly arena: Arena
  readonly modules: readonly string[]
  readonly field: Machine['field']
  readonly iterates: Machine['iterates']
  readonly #file: string
  #depth = 0

  constructor(file: string, lent: Pick<Machine, 'arena' | 'modules' | 'field' | 'iterates'>) {
    this.#file = file
    this.arena = lent.arena
    this.modules = lent.modules
    this.field = lent.field
    this.iterates = lent.iterates
  }

  *body(forms: readonly Form[], frame: Frame): Steps {
    let last: Item
    for (const form of forms) last = yield* this.evaluate(form, frame)
    return last
  }

  *evaluate(form: Form, frame: Frame): Steps {
    try {
      switch (form.type) {
        case 'value':
          return form.value
        case 'name':
          return this.#name(form.path, frame)
        case 'list':
          return this.arena.made(yield* this.#all(form.forms, frame))
        case 'map':
          return yield* this.#map(form.entries, frame)
        case 'call':
          return yield* this.#form(form.forms, frame)
      }
    } catch (error) {
      throw placed(error, this.#file, form.line)
    }
  }

  *call(fn: Item, args: readonly Item[]): Steps {
    if (!(fn instanceof Fn)) throw broken(`Expected a function, found ${kindOf(fn)}.`)
    const { params, body } = fn
    if (args.length > params.length)
      throw broken(
        `Expected ${params.length} values for (fn (${params.join(' ')})), found ${args.length}.`,
      )
    if (this.#depth >= MAX_DEPTH)
      throw broken(`There are more than ${MAX_DEPTH} calls in each other.`)
    const frame = new Frame(fn.frame)
    const leave = this.arena.frame(frame, params.length)
    for (const [index, name] of params.entries()) frame.items.set(name, args[index])
    this.#depth++
    try {
      return yield* this.body(body, frame)
    } finally {
      this.#depth--
      leave()
    }
  }

  *#form([head, ...rest]: readonly Form[], frame: Frame): Steps {
    if (!head) throw broken('There is nothing to call in ().')
    if (head.type !== 'name') {
      const fn = yield* this.evaluate(head, frame)
      return yield* this.call(fn, yield* this.#all(rest, frame))
    }
    const [first, ...path] = head.path as [string, ...string[]]
    const own = path.length === 0 && !frame.holder(first)
    if (own && first === 'fn') return this.arena.made(functionOf(rest, frame))
    const special = own && Object.hasOwn(SPECIAL, first) ? SPECIAL[first] : undefined
    if (special) return yield* special(rest, frame, this)
    return yield* this.#apply(head.path, yield* this.#all(rest, frame), frame)
  }

  *#apply(path: readonly string[], args: readonly Item[], frame: Frame): Steps {
    const [first, name] = path as [string, string]
    const known = frame.holder(first)
    if (!known && path.length === 2 && this.modules.includes(first))
      return yield { type: 'call', call: { module: first, name, args } }
    if (!known && path.length === 1 && Object.hasOwn(BUILT_IN, first))
      return this.arena.made(BUILT_IN[first]!(...args))
    if (!known && path.length === 1 && Object.hasOwn(OUTPUT, first))
      return yield { type: 'write', text: OUTPUT[first]!(args.map(textOf)) }
    const owner = path.length > 1 ? this.#name(path.slice(0, -1), frame) : undefined
    if (isRef(owner, 'handle'))
      return yield { type: 'call', call: { handle: owner, name: path.at(-1)!, args } }
    return yield* this.call(this.#name(path, frame), args)
  }

  *#all(forms: readonly Form[], frame: Frame): Steps<Item[]> {
    const items: Item[] = []
    for (const form of forms) items.push(yield* this.evaluate(form, frame))
    return items
  }

  *#map(entries: readonly (readonly [string, Form])[], frame: Frame): Steps {
    const made: [string, Item][] = []
    for (const [key, form] of entries) made.push([key, yield* this.evaluate(form, frame)])
    return this.arena.made(Object.fromEntries(made))
  }

  #name([first, ...path]: readonly string[], frame: Frame): Item {
    const holder = frame.holder(first!)
    if (!holder && this.modules.includes(first!) && path.length === 1)
      return this.field(first!, path[0]!)
    if (!holder) throw broken(`The name '${first}' is not set.`, this.#nearest(first!, frame))
    return path.reduce<Item>(member, holder.items.get(first!))
  }

  #nearest(name: string, frame: Frame): string | undefined {
    return didYouMean(name, [...frame.names(), ...this.modules, ...Object.keys(BUILT_IN)])
  }
}

const OUTPUT: Readonly<Record<string, (texts: readonly string[]) => string>> = {
  print: (texts) => `${texts.join('\t')}\n`,
  write: (texts) => texts.join(''),
}

function member(of: Item, name: string): Item {
  const holder = isRef(of, 'handle') ? of.fields : of
  return isMap(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined
}

/** The innermost form that failed is the place. */
function placed(error: unknown, file: string, line: number): unknown {
  if (!isSpellError(error) || error.where || error.code === 'SESSION_KILLED') return error
  const { code, message, hint, details, cause } = error
  return new SpellError(code, message, { hint, details, cause, where: { file, line } })
}

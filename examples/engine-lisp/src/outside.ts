import {
  checkValue,
  didYouMean,
  fromErrorRecord,
  isRef,
  REF,
  SpellError,
  unsupported,
  type HandleRef,
  type HostCall,
  type HostReply,
  type ScriptFunction,
  type ScriptModule,
  type SessionOptions,
  type Value,
} from '@llmspell/sdk'
import { Place } from '@llmspell/sdk/lua'
import { Fn, isMap, type Item } from './items.ts'
import type { Call, Wish } from './machine.ts'

interface Found {
  readonly call: Omit<HostCall, 'args'>
  readonly described: ScriptFunction
  readonly module: ScriptModule
  /** A name that the module does not know is the first value of its fallback. */
  readonly before: readonly Item[]
}

/** The host as a session sees it: calls, output and streams, and the functions that it was given. */
export class Outside {
  readonly #options: SessionOptions
  readonly #functions = new Map<number, Fn>()
  /** Of each type of handle that was met. */
  readonly #owners = new Map<string, ScriptModule>()
  #given = 0

  constructor(options: SessionOptions) {
    this.#options = options
  }

  fulfil(wish: Wish): Value | undefined | Promise<Value | undefined> {
    if (wish.type === 'call') return this.#call(wish.call)
    if (wish.type === 'write') {
      this.#options.write(wish.text)
      return undefined
    }
    const name = wish.type === 'pull' ? 'next' : 'cancel'
    return this.#ask({ module: 'Stream', function: name, handle: wish.stream, args: [] })
  }

  /** A function of the script by its number. @throws INPUT_INVALID */
  function(id: number): Fn {
    const fn = this.#functions.get(id)
    if (fn) return fn
    throw new SpellError('INPUT_INVALID', `There is no function with the number ${id}.`)
  }

  release(id: number): void {
    this.#functions.delete(id)
  }

  /** The method that a handle is read by in a loop. */
  iterates({ type }: HandleRef): string | undefined {
    return this.#moduleOf(type)?.handles?.[type]?.iterates
  }

  /** What a script may call and read of a module. */
  names(module: string): string[] {
    const { functions, fields = {} } = this.#options.describe(module)
    const visible = Object.keys(functions).filter((name) => !functions[name]!.hidden)
    return [...visible, ...Object.keys(fields)].map((name) => `${module}.${name}`)
  }

  #call(wish: Call): Value | undefined | Promise<Value | undefined> {
    const found = 'module' in wish ? this.#ofModule(wish.module, wish.name) : this.#ofHandle(wish)
    const { described, module, before } = found
    const defs = module.$defs ?? {}
    const args = [...before, ...wish.args].map((item, index) => {
      const param = described.params[index]
      const place = param && new Place([param.schema], defs)
      return item === undefined ? item : this.outgoing(item, param?.name ?? `${index + 1}`, place)
    })
    const call = { ...found.call, args }
    const local = this.#options.locals[`${call.module}.${call.function}`]
    if (described.kind === 'local' && local) return local(args, this.#options.facts)
    if (described.kind !== 'notify') return this.#ask(call)
    this.#options.notify(call)
    return undefined
  }

  #ofModule(name: string, wanted: string): Found {
    const module = this.#options.describe(name)
    const own = wanted.replaceAll('-', '_')
    const described = Object.hasOwn(module.functions, own) ? module.functions[own]! : undefined
    if (described && !described.hidden)
      return { call: { module: name, function: own }, described, module, before: [] }
    const { fallback } = module
    if (fallback === undefined) throw unknown(name, wanted, this.names(name))
    const call = { module: name, function: fallback }
    return { call, described: module.functions[fallback]!, module, before: [wanted] }
  }

  #ofHandle({ handle, name }: Call & { readonly handle: HandleRef }): Found {
    const module = this.#moduleOf(handle.type)
    const methods = module?.handles?.[handle.type]?.methods ?? {}
    const own = name.replaceAll('-', '_')
    if (!module || !Object.hasOwn(methods, own))
      throw unknown(handle.type, name, Object.keys(methods))
    const call = { module: module.name, function: `${handle.type}.${own}`, handle: handle.id }
    return { call, described: methods[own]!, module, before: [] }
  }

  #moduleOf(type: string): ScriptModule | undefined {
    const known = this.#owners.get(type)
    if (known) return known
    for (const name of this.#options.modules) {
      const module = this.#options.describe(name)
      if (!module.handles?.[type]) continue
      this.#owners.set(type, module)
      return module
    }
    return undefined
  }

  /** Functions stay here, and go as their number, where the host takes some. @throws VALUE_UNSUPPORTED */
  outgoing(item: Item, path: string, place?: Place): Value {
    return checkValue(this.#plain(item, path, place), { path })
  }

  #plain(item: Item, path: string, place: Place | undefined): unknown {
    if (item instanceof Fn) return this.#reference(item, path, place)
    if (Array.isArray(item))
      return item.map((part: Item, i) => this.#plain(part, `${path}[${i}]`, place?.item(i)))
    if (!isMap(item) || isRef(item, 'handle') || isRef(item, 'stream')) return item
    const parts = Object.entries(item).map(([key, part]) => {
      return [key, this.#plain(part, `${path}.${key}`, place?.property(key))] as const
    })
    return Object.fromEntries(parts)
  }

  #reference(fn: Fn, path: string, place: Place | undefined): Value {
    if (!place?.callback) throw unsupported(path, 'a function')
    const id = ++this.#given
    this.#functions.set(id, fn)
    return { [REF]: 'callback', id }
  }

  #ask(call: HostCall): Value | undefined | Promise<Value | undefined> {
    const reply = this.#options.call(call)
    return 'then' in reply ? reply.then(valueOf) : valueOf(reply)
  }
}

function valueOf(reply: HostReply): Value | undefined {
  if (reply.ok) return reply.value
  throw fromErrorRecord(reply.error)
}

function unknown(owner: string, name: string, known: readonly string[]): SpellError {
  const names = known.map((each) => each.split('.').at(-1)!)
  const hint = didYouMean(name, names, `It has: ${names.join(', ')}.`)
  return new SpellError('FUNCTION_UNKNOWN', `'${owner}' has no function '${name}'.`, { hint })
}

import { SpellError, didYouMean } from '@llmspell/sdk'
import type {
  ErrorRecord,
  HandleRef,
  ScriptFunction,
  ScriptHandle,
  ScriptModule,
  SessionOptions,
} from '@llmspell/sdk'
import { camel, describedNames, inJavaScript } from './names.ts'
import { Place } from './place.ts'

/** One described function, ready to be called. */
export interface Bound {
  readonly module: string
  /** As the host names it: `Handle.method` for methods. */
  readonly function: string
  readonly places: readonly (Place | undefined)[]
  readonly result: Place | undefined
  /** Of the parameters, as the script writes them. */
  readonly names: readonly string[]
}

/** What the guest gets of one function. */
interface GuestFunction {
  readonly name: string
  readonly index: number
  readonly kind: string
  readonly params: readonly string[]
  readonly stream: boolean
  readonly builder?: object
}

const COMPLAINT: ReadonlySet<string> = new Set(['message', 'hint', 'path'])

interface HandleType {
  readonly index: number
  readonly fields: Place | undefined
  readonly module: ScriptModule
  readonly name: string
  readonly handle: ScriptHandle
}

/** The described functions and handles of a session, as numbers that the guest calls them by. */
export class Bindings {
  readonly #options: SessionOptions
  readonly #bound: Bound[] = []
  readonly #modules = new Map<string, ScriptModule>()
  readonly #types = new Map<string, HandleType>()

  constructor(options: SessionOptions) {
    this.#options = options
  }

  bound(index: number): Bound {
    const found = this.#bound[index]
    if (!found) throw new SpellError('FUNCTION_UNKNOWN', `There is no function ${index}.`)
    return found
  }

  /** Makes a function of the host callable that no description names. @returns its number */
  add(bound: Partial<Bound> & Pick<Bound, 'module' | 'function'>): number {
    return this.#bound.push({ places: [], result: undefined, names: [], ...bound }) - 1
  }

  describe(name: string): ScriptModule {
    let module = this.#modules.get(name)
    if (!module) this.#modules.set(name, (module = this.#options.describe(name)))
    return module
  }

  /** A complaint about arguments, with the names as the script writes them. */
  renamed(error: ErrorRecord, module: string): ErrorRecord {
    if (error.code !== 'INPUT_INVALID' || !this.#options.modules.includes(module)) return error
    const names = describedNames(this.describe(module))
    return JSON.parse(JSON.stringify(error), (key, value: unknown) =>
      typeof value === 'string' && COMPLAINT.has(key) ? inJavaScript(value, names) : value,
    ) as ErrorRecord
  }

  /** The place of a field of a module. */
  field(module: string, name: string): { readonly name: string; readonly place: Place } {
    const { fields = {}, $defs } = this.describe(module)
    const key = Object.keys(fields).find((each) => camel(each) === name) ?? name
    return { name: key, place: new Place([fields[key]], $defs) }
  }

  /** What the guest makes a module of. */
  guestModule(name: string): object {
    const module = this.describe(name)
    const functions = this.#functions(module, module.functions)
    const fallback = functions.find((fn) => fn.name === camel(module.fallback ?? ''))
    return {
      functions,
      fields: Object.keys(module.fields ?? {}).map(camel),
      ...(fallback && { fallback }),
    }
  }

  #functions(
    module: ScriptModule,
    functions: Readonly<Record<string, ScriptFunction>>,
    handle?: string,
  ): GuestFunction[] {
    return Object.entries(functions)
      .filter(([, fn]) => !fn.hidden)
      .map(([name, fn]) => this.#function(module, fn, name, handle))
  }

  #function(
    module: ScriptModule,
    fn: ScriptFunction,
    name: string,
    handle?: string,
  ): GuestFunction {
    const defs = module.$defs ?? {}
    const result = fn.result && new Place([fn.result], defs)
    const names = fn.params.map((param) => camel(param.name))
    const index = this.add({
      names,
      module: module.name,
      function: handle === undefined ? name : `${handle}.${name}`,
      places: fn.params.map((param) => new Place([param.schema], defs)),
      result,
    })
    return {
      name: camel(name),
      index,
      kind: fn.kind ?? 'call',
      params: names,
      stream: result?.keyword('x-stream') !== undefined,
      ...(fn.builder && { builder: this.#builder(module, fn.builder) }),
    }
  }

  /** Every key of the option table names itself; the described methods come on top. */
  #builder(module: ScriptModule, builder: NonNullable<ScriptFunction['builder']>): object {
    const target = module.functions[builder.call]
    if (!target) throw new SpellError('NOT_AVAILABLE', `'${module.name}' has no '${builder.call}'.`)
    const option = target.params[0]
    const keys = option ? [...new Place([option.schema], module.$defs).names.values()] : []
    const methods: NonNullable<ScriptFunction['builder']>['methods'] = {
      ...Object.fromEntries(keys.map((key) => [key, { path: key }])),
      ...builder.methods,
    }
    return {
      owner: module.name,
      call: this.#function(module, target, builder.call),
      methods: Object.entries(methods).map(([name, method]) => ({
        name: camel(name),
        path: method.path.split('.').map(camel),
        append: method.append === true,
        keys: method.keys?.map(camel),
      })),
    }
  }

  /** The type of a handle that arrives in an answer of `from`. */
  type(ref: HandleRef, from: string): HandleType {
    const key = ref.type.includes('.') ? ref.type : `${from}.${ref.type}`
    const known = this.#types.get(key)
    if (known) return known
    const found = this.#findType(ref.type, from)
    const id = `${found.module.name}.${found.name}`
    const type = this.#types.get(id) ?? { index: this.#types.size, ...found }
    this.#types.set(key, type)
    this.#types.set(id, type)
    return type
  }

  #findType(type: string, from: string): Omit<HandleType, 'index'> {
    const [owner, name = type] = type.includes('.') ? type.split('.') : [undefined, type]
    for (const each of [owner, from, name, ...this.#options.modules]) {
      if (each === undefined || !this.#options.modules.includes(each)) continue
      const module = this.describe(each)
      const handle = module.handles?.[name]
      if (!handle) continue
      return {
        module,
        name,
        handle,
        fields: new Place([{ properties: handle.fields ?? {} }], module.$defs),
      }
    }
    throw new SpellError('NOT_AVAILABLE', `No module describes the handle '${type}'.`)
  }

  /** What the guest makes handles of a type of. */
  guestType(index: number): object {
    const type = [...this.#types.values()].find((each) => each.index === index)
    if (!type) throw new SpellError('NOT_AVAILABLE', `There is no type of handles ${index}.`)
    const { module, name, handle } = type
    return {
      name,
      key: `${module.name}.${name}`,
      methods: this.#functions(module, handle.methods, name),
      fields: Object.keys(handle.fields ?? {}).map(camel),
      ...(handle.iterates === undefined ? {} : { iterates: camel(handle.iterates) }),
    }
  }
}

/** What is raised for a name that an object does not have. */
export function unknownName(owner: string, name: string, known: readonly string[]): SpellError {
  const hint = didYouMean(name, known, known.length > 0 ? `There is: ${known.join(', ')}.` : '')
  return new SpellError('FUNCTION_UNKNOWN', `${owner} has no '${name}'.`, hint ? { hint } : {})
}

import type { ScriptBuilder, ScriptFunction, ScriptModule } from '../contracts/script-module.ts'
import type { Schema } from '../validation.ts'
import { ASYNC } from './async.ts'
import { identifier, pascal } from './names.ts'
import { ANY, docOf, NOTHING, typeOf, type Scope } from './read.ts'
import { TOOLS, toolInput } from './tools.ts'
import type { Api, ApiBuilder, ApiFunction, ApiHandle, ApiModule } from './type.ts'
import type { Field, NamedType, Param, Type } from './type.ts'

/** What is installed, as its manifests and module files have it. */
export interface ApiSources {
  /** Modules that scripts get a global of. */
  readonly modules: readonly ScriptModule[]
  readonly tools: readonly {
    readonly name: string
    readonly description: string
    readonly input: unknown
  }[]
}

/** All that scripts can call, with every type known; `Async`, which engines bring, included. */
export function apiOf({ modules, tools }: ApiSources): Api {
  const own = modules.some(({ name }) => name === ASYNC.name) ? [] : [ASYNC]
  const all = [...modules, ...own].sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    modules: all.map((module) => new ModuleReader(module, all).read()),
    tools: tools.map(({ name, description, input }) => {
      return { name, doc: description, input: toolInput(input) }
    }),
  }
}

class ModuleReader {
  readonly #module: ScriptModule
  readonly #all: readonly ScriptModule[]
  readonly #scope: Scope
  readonly #named: NamedType[] = []

  constructor(module: ScriptModule, all: readonly ScriptModule[]) {
    this.#module = module
    this.#all = all
    const known = module.$defs ?? {}
    this.#scope = {
      raw: false,
      ref: (name) => (Object.hasOwn(known, name) ? this.#typeNamed(name) : ANY),
      schema: (name) => (Object.hasOwn(known, name) ? known[name] : undefined),
      handle: (name) => this.#handleType(name),
    }
  }

  read(): ApiModule {
    const { name, doc, fields, functions, handles = {}, $defs = {}, fallback } = this.#module
    for (const [key, schema] of Object.entries($defs)) this.#define(key, schema)
    const table = this.#functions(functions, '')
    const found = table.find((fn) => fn.name === fallback)
    return {
      name,
      doc,
      fields: this.#fields(fields),
      functions: table,
      handles: Object.entries(handles).map(([key, handle]): ApiHandle => {
        const prefix = key === name ? '' : key
        const methods = this.#functions(handle.methods, prefix)
        const read = methods.find((fn) => fn.name === handle.iterates)?.result
        return {
          name: identifier(key),
          doc: handle.doc,
          fields: this.#fields(handle.fields),
          methods,
          ...(read?.kind === 'stream' && { iterates: read.chunk }),
        }
      }),
      types: this.#named,
      builders: this.#builders(),
      ...(found && { fallback: found }),
    }
  }

  #define(name: string, schema: Schema): void {
    const type = typeOf(schema, this.#scope)
    this.#named.push({ name: identifier(name), type, doc: docOf(schema) })
  }

  #typeNamed(name: string): Type {
    return { kind: 'named', name: `${this.#module.name}.${identifier(name)}` }
  }

  /** The same search as that of the engines. */
  #handleType(type: string): Type {
    const [owner, name = type] = type.includes('.') ? type.split('.') : [undefined, type]
    const order = [owner, this.#module.name, name, ...this.#all.map((each) => each.name)]
    const modules = order.map((each) => this.#all.find((module) => module.name === each))
    const found = modules.find((module) => module?.handles?.[name])
    return found ? { kind: 'named', name: `${found.name}.${identifier(name)}` } : ANY
  }

  #fields(fields: Readonly<Record<string, Schema>> = {}): readonly Field[] {
    return Object.entries(fields).map(([name, schema]) => {
      const type = typeOf(schema, this.#scope)
      return { name, type, optional: false, doc: docOf(schema), raw: false }
    })
  }

  #functions(
    table: Readonly<Record<string, ScriptFunction>>,
    prefix: string,
  ): readonly ApiFunction[] {
    return Object.entries(table)
      .filter(([, fn]) => !fn.hidden)
      .map(([name, fn]) => this.#function(name, fn, prefix + pascal(name)))
  }

  #function(name: string, fn: ScriptFunction, title: string): ApiFunction {
    const { doc, kind = 'call', errors = [], examples = [], since, builder } = fn
    const built: Type = this.#typeNamed(`${title === 'Builder' ? '' : title}Builder`)
    return {
      name,
      doc,
      kind,
      errors,
      examples,
      params: fn.params.map((param) => this.#param(param, title)),
      result: builder ? built : fn.result ? this.#result(fn.result, title) : NOTHING,
      ...(since !== undefined && { since }),
    }
  }

  #param({ name, schema, optional, doc, tool }: ScriptFunction['params'][number], title: string) {
    const param: Param = {
      name,
      type: this.#hoisted(typeOf(schema, this.#scope), title + pascal(name), docOf(schema)),
      optional: optional === true,
      doc: doc ?? docOf(schema),
      ...(tool !== undefined && this.#hasTools() && { tool }),
    }
    return param
  }

  #hasTools(): boolean {
    return this.#all.some(({ name, fallback }) => name === TOOLS && fallback !== undefined)
  }

  #result(schema: Schema, title: string): Type {
    const type = typeOf(schema, this.#scope)
    if (type.kind !== 'list') return this.#hoisted(type, `${title}Result`, docOf(schema))
    return { kind: 'list', item: this.#hoisted(type.item, `${title}Row`, '') }
  }

  /** A table without a name gets one, so that editors show it well. */
  #hoisted(type: Type, name: string, doc: string): Type {
    if (type.kind !== 'record' || type.fields.length === 0) return type
    if (!this.#named.some((each) => each.name === name)) this.#named.push({ name, type, doc })
    return this.#typeNamed(name)
  }

  #builders(): readonly ApiBuilder[] {
    return Object.entries(this.#module.functions).flatMap(([name, { builder }]) => {
      const target = builder && this.#module.functions[builder.call]
      if (!target) return []
      const title = pascal(name)
      const call = this.#function(builder.call, target, pascal(builder.call))
      const setters = this.#setters(call.params[0]?.type ?? ANY, builder)
      return [
        { name: title === 'Builder' ? title : `${title}Builder`, setters, result: call.result },
      ]
    })
  }

  #setters(option: Type, { methods }: ScriptBuilder): readonly Field[] {
    const own = this.#fieldsOf(option)
    const added = Object.entries(methods).map(([name, { path, append, keys }]): Field => {
      const field = path.split('.').reduce<Field | undefined>((at, key, i) => {
        return this.#fieldsOf(i === 0 ? option : (at?.type ?? ANY)).find((f) => f.name === key)
      }, undefined)
      const type = field?.type ?? ANY
      const doc = field?.doc ?? ''
      const taken = keys ? ANY : append ? this.#itemOf(type) : type
      const optional = type.kind === 'boolean'
      return { name, type: taken, optional, doc, raw: false, ...(keys ? { pair: true } : {}) }
    })
    return [...own.filter(({ name }) => !Object.hasOwn(methods, name)), ...added]
  }

  #fieldsOf(type: Type): readonly Field[] {
    const found = this.#resolved(type)
    return found.kind === 'record' ? found.fields : []
  }

  #itemOf(type: Type): Type {
    const found = this.#resolved(type)
    return found.kind === 'list' ? found.item : ANY
  }

  #resolved(type: Type): Type {
    if (type.kind !== 'named') return type
    const name = type.name.slice(this.#module.name.length + 1)
    return this.#named.find((each) => each.name === name)?.type ?? ANY
  }
}

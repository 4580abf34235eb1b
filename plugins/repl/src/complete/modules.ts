import type {
  ExtensionRegistry,
  Schema,
  ScriptFunction,
  ScriptModule,
  ToolItem,
} from '@llmspell/sdk'

/** A function with the module that its schemas belong to. */
export interface Found {
  readonly module: ScriptModule
  readonly fn: ScriptFunction
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '')

/** What the installed modules say of their functions. Loads no plugin. */
export class Modules {
  readonly #extensions: ExtensionRegistry

  constructor(extensions: ExtensionRegistry) {
    this.#extensions = extensions
  }

  /** The functions that a call may mean: of a handle only the method is known. */
  functions(callee: string): readonly Found[] {
    const [first = '', ...rest] = callee.split(/[.:]/)
    const name = plain(rest.at(-1) ?? '')
    const module = rest.length === 1 ? this.#module(first) : undefined
    if (module) return ofTable(module, module.functions, name)
    if (rest.length === 0) return []
    return this.#all().flatMap((each) =>
      Object.values(each.handles ?? {}).flatMap(({ methods }) => ofTable(each, methods, name)),
    )
  }

  /** The input of the tool that `Tool.file_read{` means, where a module has such names. */
  fallbackTool(callee: string): string | undefined {
    const [first = '', name, more] = callee.split(/[.:]/)
    if (name === undefined || more !== undefined || !this.#module(first)?.fallback) return undefined
    return this.tools().find((tool) => plain(tool) === plain(name))
  }

  /** True for a module whose names may be those of tools. */
  hasTools(module: string): boolean {
    return this.#module(module)?.fallback !== undefined
  }

  tools(): readonly string[] {
    return this.#extensions.list<ToolItem>('tools').map(({ name }) => name)
  }

  models(): readonly string[] {
    const providers = this.#extensions.list<{
      readonly models?: readonly { readonly id: string }[]
    }>('providers')
    return providers.flatMap(({ name, item }) =>
      (item.models ?? []).map(({ id }) => `${name}/${id}`),
    )
  }

  /** JSON Schema of a tool's input. */
  input(tool: string): Schema | undefined {
    const known = this.tools().find((name) => plain(name) === plain(tool))
    const found = known === undefined ? undefined : this.#extensions.find('tools', known)
    return found && (this.#extensions.document(found, 'input') as Schema)
  }

  #all(): readonly ScriptModule[] {
    const all = this.#extensions.list<{ readonly hidden?: boolean }>('script-modules')
    return all.flatMap(({ name, item }) => (item.hidden ? [] : (this.#module(name) ?? [])))
  }

  #module(name: string): ScriptModule | undefined {
    const found = this.#extensions.find('script-modules', name)
    return found && (this.#extensions.document(found, 'module') as ScriptModule)
  }
}

function ofTable(
  module: ScriptModule,
  table: Readonly<Record<string, ScriptFunction>>,
  name: string,
): readonly Found[] {
  return Object.entries(table)
    .filter(([key, fn]) => plain(key) === name && !fn.hidden)
    .map(([, fn]) => ({ module, fn }))
}

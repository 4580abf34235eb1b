import { SpellError, didYouMean, printable } from '@llmspell/sdk'
import type {
  CallContext,
  Contribution,
  ExtensionRegistry,
  Schema,
  SchemaCompiler,
  Tool,
  ToolItem,
  Undo,
  Value,
} from '@llmspell/sdk'
import { KnownTool } from './known-tool.ts'
import type { ToolParts } from './known-tool.ts'

const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const SHARED = 'tools.defined'

type Table = Map<string, KnownTool>
type Scope = Pick<CallContext, 'share'>

/** All tools by name: of plugins, from their manifests alone; of hosts and scripts, as they come. */
export class Catalog {
  readonly #extensions: ExtensionRegistry
  readonly #schemas: SchemaCompiler
  readonly #contributed: Table = new Map()
  readonly #registered: Table = new Map()

  constructor(extensions: ExtensionRegistry, schemas: SchemaCompiler) {
    this.#extensions = extensions
    this.#schemas = schemas
  }

  /** In the order of the plugins, then of the host, then of the run. */
  all(scope?: Scope): KnownTool[] {
    const contributed = this.#extensions.list<ToolItem>('tools').map((item) => this.#known(item))
    return [...contributed, ...this.#registered.values(), ...(scope ? ofRun(scope).values() : [])]
  }

  /** By its name, else by the name that a language writes for it: `file_read`, `fileRead`. */
  find(name: string, scope?: Scope): KnownTool | undefined {
    return this.#exact(name, scope) ?? this.#exact(kebab(name), scope)
  }

  /** @throws TOOL_NOT_FOUND with a suggestion */
  get(name: string, scope?: Scope): KnownTool {
    const found = this.find(name, scope)
    if (found) return found
    const names = this.all(scope).map((tool) => tool.name)
    const near = didYouMean(name, names, startOf(name, names))
    throw new SpellError('TOOL_NOT_FOUND', `Tool '${printable(name, 80)}' is not registered.`, {
      hint: `${near} List them with: llmspell tool list`.trimStart(),
      details: { name: printable(name, 80) },
    })
  }

  /**
   * Adds a tool that is known at run time only, to a run or for good.
   * @throws TOOL_EXISTS, TOOL_NAME_INVALID; SCHEMA_INVALID when it is first used
   */
  add(parts: ToolParts, scope?: Scope): KnownTool {
    const { name } = parts.item
    if (!NAME.test(name)) throw badName(name)
    if (this.#exact(name, scope)) throw exists(name)
    const tool = new KnownTool(parts, this.#schemas)
    this.#table(scope).set(name, tool)
    return tool
  }

  /** Undoes `add`, once. */
  remover(tool: KnownTool, scope?: Scope): Undo {
    return () => {
      const table = this.#table(scope)
      if (table.get(tool.name) === tool) table.delete(tool.name)
    }
  }

  /** Removes a tool of this run; false where there is none. */
  remove(name: string, scope: Scope): boolean {
    return ofRun(scope).delete(name)
  }

  /** @throws SCHEMA_INVALID */
  async compile(schema: Schema): Promise<void> {
    await this.#schemas.compile(schema)
  }

  #table(scope: Scope | undefined): Table {
    return scope ? ofRun(scope) : this.#registered
  }

  #exact(name: string, scope: Scope | undefined): KnownTool | undefined {
    const found = (scope && ofRun(scope).get(name)) ?? this.#registered.get(name)
    if (found) return found
    const item = this.#extensions.find<ToolItem>('tools', name)
    return item && this.#known(item)
  }

  #known(contribution: Contribution<ToolItem>): KnownTool {
    const { name, item } = contribution
    const known = this.#contributed.get(name)
    if (known?.parts.item === item) return known
    const tool = new KnownTool(this.#parts(contribution), this.#schemas)
    this.#contributed.set(name, tool)
    return tool
  }

  #parts(contribution: Contribution<ToolItem>): ToolParts {
    const { item, name, plugin, version = '0.0.0' } = contribution
    const document = (field: 'input' | 'output'): Schema =>
      this.#extensions.document(contribution as never, field) as Schema
    return {
      item,
      source: plugin,
      version,
      get input() {
        return document('input')
      },
      get output() {
        return item.output === undefined ? undefined : document('output')
      },
      load: () => this.#extensions.get('tools', name) as Promise<Tool<Value>>,
    }
  }
}

/** A name that goes on where a short one ends. */
function startOf(name: string, names: readonly string[]): string {
  const whole = name.length < 3 ? undefined : names.find((each) => each.startsWith(kebab(name)))
  return whole === undefined ? '' : `Did you mean '${whole}'?`
}

function ofRun(scope: Scope): Table {
  return scope.share<Table>(SHARED, () => ({ value: new Map() }))
}

function kebab(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
}

function badName(name: string): SpellError {
  const message = `Tool '${printable(name, 80)}' cannot be called so: expected letters, digits, '-' and '_', at most 64.`
  return new SpellError('TOOL_NAME_INVALID', message, { hint: 'Choose a name such as word-count.' })
}

function exists(name: string): SpellError {
  return new SpellError('TOOL_EXISTS', `Tool '${name}' exists already.`, {
    hint: 'Choose another name, or remove the first by Tool.undefine if this run defined it.',
  })
}

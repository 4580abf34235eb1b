import { SpellError, didYouMean } from '@llmspell/sdk'
import type {
  Contribution,
  ExtensionRegistry,
  SchemaCompiler,
  ScriptFunction,
  ScriptHandler,
  ScriptModule,
  ScriptModuleHandlers,
  ScriptModuleItem,
  Validator,
} from '@llmspell/sdk'
import { after } from './maybe.ts'
import { secretNames } from './secrets.ts'

/** What is known of a function from data alone. */
export interface Knowledge {
  readonly description: ScriptFunction
  /** Names of parameters whose text is never recorded. */
  readonly secrets: ReadonlySet<string>
}

/** One function, ready to be called. */
export interface Target extends Knowledge {
  readonly handler: ScriptHandler
  readonly validate: Validator
}

/** The script modules of all plugins: descriptions at once, code when it is first called. */
export class ModuleCatalogue {
  readonly #extensions: ExtensionRegistry
  readonly #schemas: SchemaCompiler
  readonly #descriptions = new Map<string, ScriptModule>()
  readonly #targets = new Map<string, Target>()
  readonly #known = new Map<string, Knowledge>()
  readonly #own: Readonly<Record<string, ScriptModuleHandlers>>

  /** @param own handlers that need not be fetched: a note of a script is taken at once, in its order */
  constructor(
    extensions: ExtensionRegistry,
    schemas: SchemaCompiler,
    own: Readonly<Record<string, ScriptModuleHandlers>> = {},
  ) {
    this.#extensions = extensions
    this.#schemas = schemas
    this.#own = own
  }

  /** Names of the globals that scripts get. */
  names(): string[] {
    return this.#items()
      .filter(({ item }) => !item.hidden)
      .map(({ name }) => name)
  }

  /** The description, from data alone. @throws MODULE_UNKNOWN with a suggestion */
  describe(name: string): ScriptModule {
    const known = this.#descriptions.get(name)
    if (known) return known
    const contribution = this.#extensions.find('script-modules', name)
    if (!contribution) throw this.#unknownModule(name)
    const module = this.#extensions.document(contribution, 'module') as ScriptModule
    this.#descriptions.set(name, module)
    return module
  }

  /** What is known of a function without loading anything. @throws MODULE_UNKNOWN, FUNCTION_UNKNOWN */
  know(module: string, fn: string): Knowledge {
    const key = `${module}.${fn}`
    const known = this.#known.get(key)
    if (known) return known
    const whole = this.describe(module)
    const description = findFunction(whole, fn)
    const found = { description, secrets: secretNames(whole, description) }
    this.#known.set(key, found)
    return found
  }

  /** The function behind a name; loads the plugin on first use. @throws FUNCTION_UNKNOWN, NOT_AVAILABLE */
  target(module: string, fn: string): Target | PromiseLike<Target> {
    const key = `${module}.${fn}`
    const known = this.#targets.get(key)
    if (known) return known
    return after(this.#prepare(module, fn), (target) => {
      this.#targets.set(key, target)
      return target
    })
  }

  #prepare(module: string, fn: string): Target | PromiseLike<Target> {
    const whole = this.describe(module)
    const { description, secrets } = this.know(module, fn)
    return after(this.#own[module] ?? this.#load(module), (handlers) => {
      const handler = handlers.functions[fn]
      if (!handler) throw missingHandler(module, fn)
      const known = handlers.validators?.[fn] ?? this.#compile(whole, description)
      return after(known, (validate) => ({ description, handler, validate, secrets }))
    })
  }

  async #load(module: string): Promise<ScriptModuleHandlers> {
    try {
      return await this.#extensions.get('script-modules', module)
    } catch (cause) {
      throw new SpellError(
        'NOT_AVAILABLE',
        `The script module '${module}' is not available: its plugin failed.`,
        {
          hint: 'Run llmspell doctor.',
          cause,
        },
      )
    }
  }

  #compile(module: ScriptModule, fn: ScriptFunction): Promise<Validator> {
    const properties = Object.fromEntries(fn.params.map((param) => [param.name, param.schema]))
    const required = fn.params.filter((param) => !param.optional).map((param) => param.name)
    const schema = {
      type: 'object',
      properties,
      required,
      additionalProperties: false,
      $defs: module.$defs ?? {},
    }
    return this.#schemas.compile(schema)
  }

  #items(): readonly Contribution<ScriptModuleItem>[] {
    return this.#extensions.list<ScriptModuleItem>('script-modules')
  }

  #unknownModule(name: string): SpellError {
    const known = this.#items().map((item) => item.name)
    return new SpellError('MODULE_UNKNOWN', `No script module '${name}' is installed.`, {
      hint: didYouMean(name, known, `Installed: ${known.join(', ')}.`),
    })
  }
}

/** A function or `Handle.method` of a module. @throws FUNCTION_UNKNOWN with a suggestion */
export function findFunction(module: ScriptModule, name: string): ScriptFunction {
  const [handle, method] = name.split('.')
  const table = method === undefined ? module.functions : module.handles?.[handle!]?.methods
  const found = table && Object.hasOwn(table, method ?? name) ? table[method ?? name] : undefined
  if (found) return found
  const known = Object.keys(table ?? {})
  throw new SpellError('FUNCTION_UNKNOWN', `'${module.name}' has no function '${name}'.`, {
    hint: didYouMean(method ?? name, known, `It has: ${known.join(', ')}.`),
  })
}

function missingHandler(module: string, fn: string): SpellError {
  return new SpellError(
    'NOT_AVAILABLE',
    `The plugin of '${module}' describes the function '${fn}' but does not serve it.`,
    {
      hint: 'Update the plugin.',
    },
  )
}

import { SpellError, inputInvalid, violations } from '@llmspell/sdk'
import type {
  Awaitable,
  Schema,
  SchemaCompiler,
  Tool,
  ToolItem,
  Validator,
  Value,
  Violation,
} from '@llmspell/sdk'
import { withCall } from './bare.ts'
import { copyOf } from './copy.ts'

/** What a tool is made of. */
export interface ToolParts {
  readonly item: ToolItem
  /** Id of the contributing plugin, or `script`. */
  readonly source: string
  readonly version: string
  readonly input: Schema
  readonly output: Schema | undefined
  /** Loads the plugin. */
  readonly load: () => Promise<Tool<Value>>
}

/** One tool that can be described at once, and is loaded and compiled when it is first called. */
export class KnownTool {
  readonly parts: ToolParts
  readonly #schemas: SchemaCompiler
  #input: Promise<Validator> | undefined
  #output: Promise<Validator> | undefined

  constructor(parts: ToolParts, schemas: SchemaCompiler) {
    this.parts = parts
    this.#schemas = schemas
  }

  get name(): string {
    return this.parts.item.name
  }

  /** @throws NOT_AVAILABLE with the failure of the plugin as cause */
  async load(): Promise<Tool<Value>> {
    try {
      return await this.parts.load()
    } catch (cause) {
      const message = `Tool '${this.name}' is not available: plugin '${this.parts.source}' failed.`
      throw new SpellError('NOT_AVAILABLE', message, { hint: 'Run llmspell doctor.', cause })
    }
  }

  /**
   * A checked copy with its defaults filled in.
   * @throws INPUT_INVALID with all violations
   */
  async check(params: Value): Promise<Value> {
    const copy = copyOf(params)
    const rows = await this.validate(copy)
    if (rows.length > 0) throw this.#invalid(params, rows)
    return copy
  }

  #invalid(params: Value, rows: readonly Violation[]): SpellError {
    const error = inputInvalid(`Tool '${this.name}'`, rows)
    return withCall(error, this.name, params, this.parts.input)
  }

  /** All violations. Defaults are written into `params`. */
  async validate(params: Value): Promise<readonly Violation[]> {
    this.#input ??= this.#inputCheck()
    const validate = await this.#input
    return validate(params) ? [] : violations(validate.errors ?? [])
  }

  /**
   * A check of results, compiled once; undefined where the tool says nothing of them.
   * @throws SCHEMA_INVALID
   */
  outputCheck(): Awaitable<Validator | undefined> {
    if (this.parts.item.output === undefined) return undefined
    this.#output ??= this.#compiledOutput()
    return this.#output
  }

  /** @throws TOOL_FAILED for a result that breaks the schema, with all violations */
  async checkOutput(result: Value): Promise<void> {
    const validate = await this.outputCheck()
    if (!validate || validate(result)) return
    const rows = violations(validate.errors ?? [], 'result')
    throw wrongResult(this.name, rows)
  }

  async #compiledOutput(): Promise<Validator> {
    const { validateOutput } = await this.load()
    return validateOutput ?? this.#schemas.compile(this.parts.output!)
  }

  async #inputCheck(): Promise<Validator> {
    const { validate } = await this.load()
    return validate ?? this.#schemas.compile(this.parts.input)
  }
}

function wrongResult(tool: string, rows: readonly Violation[]): SpellError {
  const texts = rows.map((row) => `'${row.path}': expected ${row.expected}, found ${row.found}`)
  const message = `Tool '${tool}' gave a result that breaks its schema: ${texts.join('; ')}.`
  return new SpellError('TOOL_FAILED', message, {
    hint: 'It is a fault of the tool, or of a hook that changed the result.',
    details: { errors: rows as unknown as Value },
  })
}

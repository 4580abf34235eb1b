import { violations, type SchemaCompiler, type Violation } from '@llmspell/sdk'
import { failure } from './codes.ts'
import { deepFreeze, plainSection } from './defaults.ts'
import { inside, isRecord, readJson } from './files.ts'
import type { KernelConfig } from './options.ts'
import { plainlyFits, type Schema } from './plain-fit.ts'
import type { PluginRecord } from './record.ts'

/** The sections of the plugins in the user's config. */
export class ConfigSections {
  readonly #sections: Readonly<Record<string, unknown>>
  readonly #schemas: SchemaCompiler

  constructor(config: KernelConfig, schemas: SchemaCompiler) {
    this.#sections = config.plugins ?? {}
    this.#schemas = schemas
  }

  /** Ids that have a section. */
  ids(): readonly string[] {
    return Object.keys(this.#sections)
  }

  /** True where `plugins.<id>.onFailure` is `ignore`. */
  ignoresFailure(id: string): boolean {
    const section = this.#sections[id]
    return isRecord(section) && section['onFailure'] === 'ignore'
  }

  /** True where the user gives the key something: not nothing, not false, not an empty list. */
  gives(id: string, key: string): boolean {
    const section = this.#sections[id]
    const value = isRecord(section) ? section[key] : undefined
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
  }

  /** True where the section cannot be wrong, or does not matter if it is. Loads nothing: it may have to be read to tell. */
  fits(record: PluginRecord): boolean {
    if (this.ignoresFailure(record.id)) return true
    const schema = schemaOf(record)
    return schema !== undefined && plainlyFits(schema as Schema, this.#section(record))
  }

  /**
   * The section of a plugin: checked, defaults filled in, a frozen copy. Loads ajv only where types
   * alone do not tell, or the schema requires something.
   * @throws CONFIG_INVALID with every violation
   */
  async read(record: PluginRecord): Promise<object> {
    const section = this.#section(record)
    const schema = schemaOf(record)
    if (schema === undefined) return this.#withoutSchema(record, section)
    const plain = plainSection(schema, section)
    return deepFreeze(plain ?? (await this.#checked(record, section, schema)))
  }

  /** Like `read`, but always checks, defaults too. */
  async check(record: PluginRecord): Promise<void> {
    const section = this.#section(record)
    const schema = schemaOf(record)
    if (schema) await this.#checked(record, section, schema)
    else this.#withoutSchema(record, section)
  }

  #section(record: PluginRecord): Record<string, unknown> {
    const section = this.#sections[record.id] ?? {}
    if (!isRecord(section)) {
      throw invalid(record, [
        { path: placeOf(record), expected: 'an object', found: typeof section },
      ])
    }
    const { onFailure, ...own } = section
    if (onFailure === undefined || onFailure === 'ignore') return structuredClone(own)
    const path = `${placeOf(record)}.onFailure`
    throw invalid(record, [{ path, expected: '"ignore"', found: JSON.stringify(onFailure) }])
  }

  #withoutSchema(record: PluginRecord, section: Record<string, unknown>): object {
    const [key] = Object.keys(section)
    if (key === undefined) return Object.freeze({})
    const path = `${placeOf(record)}.${key}`
    const found = `the unknown key '${key}'`
    throw invalid(record, [{ path, expected: 'nothing, as the plugin has no config', found }])
  }

  async #checked(record: PluginRecord, section: object, schema: object): Promise<object> {
    const validate = await this.#schemas.compile(schema)
    if (validate(section)) return section
    throw invalid(record, violations(validate.errors ?? [], placeOf(record)))
  }
}

/** The schema of a plugin's section, or undefined. @throws MANIFEST_INVALID where the file is no JSON object */
export function schemaOf({ id, manifest, root }: PluginRecord): object | undefined {
  const { config } = manifest
  if (typeof config !== 'string') return config
  const file = root === undefined ? undefined : inside(root, config)
  const schema = file === undefined ? undefined : readJson(file)
  if (isRecord(schema)) return schema
  const text = `Plugin '${id}' names '${config}' as the schema of its config: expected a JSON file inside its package, found none.`
  throw failure('MANIFEST_INVALID', id, 'config', text)
}

function placeOf({ id }: PluginRecord): string {
  return `plugins.${id}`
}

function invalid({ id }: PluginRecord, rows: readonly Violation[]): Error {
  const texts = rows.map(
    ({ path, expected, found }) => `'${path}': expected ${expected}, found ${found}`,
  )
  const hint =
    rows.find((row) => row.hint)?.hint ?? `Correct ${rows[0]?.path ?? 'it'} in the config.`
  return failure('CONFIG_INVALID', id, 'config', `The config is invalid: ${texts.join('; ')}.`, {
    hint,
  })
}

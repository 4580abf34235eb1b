import { dirname, resolve } from 'node:path'
import { printable, SpellError } from '@llmspell/sdk'
import { ownConfigFile } from './places.ts'

/** The key of `plugins` beside the sections: no plugin can have it as its id. */
export const FROM = 'from'

type Table = Readonly<Record<string, unknown>>

/** A config whose plugins that are files stand apart from the sections of plugins. */
export interface Split {
  readonly table: Table
  readonly files: readonly string[]
}

/**
 * Takes the files out of `plugins = ["./dice.lua"]` or `plugins.from`. Paths start from the folder of the config file.
 * @throws CONFIG_INVALID, also where the file came with a project: what it names would run
 */
export function splitFiles(table: Table, file: string, project: boolean): Split {
  const given = table['plugins']
  if (Array.isArray(given)) {
    const { plugins: _, ...rest } = table
    return { table: rest, files: paths(given, 'plugins', file, project) }
  }
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, FROM))
    return { table, files: [] }
  const { [FROM]: files, ...sections } = given as Table
  return {
    table: { ...table, plugins: sections },
    files: paths(files, `plugins.${FROM}`, file, project),
  }
}

function paths(given: unknown, key: string, file: string, project: boolean): readonly string[] {
  if (project) throw ofProject(file, key, given)
  if (!Array.isArray(given)) throw wrong(file, key, typeof given)
  return given.map((path: unknown) => {
    if (typeof path !== 'string' || !/^(\.\.?)?\//.test(path))
      throw wrong(file, key, JSON.stringify(path))
    return resolve(dirname(file), path)
  })
}

function wrong(file: string, key: string, found: string): SpellError {
  const text = `Config file '${file}': '${key}' must be a list of paths of files or folders, found ${found}.`
  return new SpellError('CONFIG_INVALID', text, {
    hint: 'Write plugins = ["./dice.lua"]; packages come by: llmspell plugin install',
  })
}

function ofProject(file: string, key: string, given: unknown): SpellError {
  const [first = './dice.lua'] = Array.isArray(given) ? (given as readonly unknown[]) : []
  const own = ownConfigFile(process.env, process.platform) ?? 'a file that you name with --config'
  const text = `Config file '${file}' may not set '${key}': a file that comes with a project cannot bring code that runs by itself.`
  return new SpellError('CONFIG_INVALID', text, {
    hint: `Read the plugin, then name it: --plugin ${printable(String(first), 200)}, or put it into ${own}.`,
    details: { key },
  })
}

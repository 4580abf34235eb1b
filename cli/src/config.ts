import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean, SpellError } from '@llmspell/sdk'
import { splitFiles } from './config-files.ts'
import { POWERS, power, refuseSection } from './config-powers.ts'
import { Irregular, readRegular } from './regular.ts'

/** What the config file says. */
export interface Config {
  readonly model?: string
  readonly engine?: string
  /** Sections by plugin id. */
  readonly plugins?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly prefer?: Readonly<Record<string, string>>
  readonly disabled?: readonly string[]
  /** Absolute paths of plugins that are a file or a folder. */
  readonly files?: readonly string[]
}

/** Read from the working folder when no --config is given. */
export const PROJECT_FILE = 'llmspell.toml'

const MOST_MIB = 1

// A file that lies in the working folder came with the project: it sets options and nothing that
// could run code or widen what a script may do.
const PROJECT_KEYS = ['model', 'engine', 'plugins']
const NAMED_KEYS = [...PROJECT_KEYS, 'prefer', 'disabled']

/**
 * The user's own config, and over it the one named on the command line, or that of the working folder.
 * @param own file of the user's own; it need not be there
 * @throws FILE_NOT_FOUND, CONFIG_INVALID
 */
export async function loadConfig(
  named: string | undefined,
  folder = process.cwd(),
  own?: string,
): Promise<Config> {
  const over = await namedConfig(named, folder)
  if (own === undefined || !existsSync(own)) return over
  return merged(checked(await readTable(own, own), own, false), over) as Config
}

/** Tables are put together, all else is taken from the second. */
function merged(under: unknown, over: unknown): unknown {
  if (over === undefined) return under
  if (!isTable(under) || !isTable(over)) return over
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])]
  const valueOf = (table: Record<string, unknown>, key: string): unknown =>
    Object.hasOwn(table, key) ? table[key] : undefined
  return Object.fromEntries(
    keys.map((key) => [key, merged(valueOf(under, key), valueOf(over, key))]),
  )
}

async function namedConfig(named: string | undefined, folder: string): Promise<Config> {
  const file = named ?? join(folder, PROJECT_FILE)
  if (!existsSync(file)) {
    if (named === undefined) return {}
    throw new SpellError('FILE_NOT_FOUND', `Config file '${named}' does not exist.`, {
      hint: `Correct --config, or leave it out to use ./${PROJECT_FILE}.`,
    })
  }
  const label = named ?? PROJECT_FILE
  return checked(await readTable(file, label), label, named === undefined)
}

async function readTable(file: string, label: string): Promise<unknown> {
  const text = readText(file, label)
  try {
    if (file.endsWith('.json')) return JSON.parse(text) as unknown
    const { parse } = await import('smol-toml')
    return parse(text)
  } catch (error) {
    throw syntaxError(error, label)
  }
}

function readText(file: string, label: string): string {
  try {
    return readRegular(file, MOST_MIB).toString('utf8')
  } catch (error) {
    const { message } = error as Error
    const reason = error instanceof Irregular ? message : `cannot be read: ${message}`
    throw new SpellError('CONFIG_INVALID', `Config file '${label}' ${reason}.`, {
      hint: 'Put a TOML or JSON file there, or name another with --config.',
    })
  }
}

function syntaxError(error: unknown, file: string): SpellError {
  const { message, line, column } = error as Error & { line?: number; column?: number }
  const kind = file.endsWith('.json') ? 'JSON' : 'TOML'
  const reason = message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')
  return new SpellError('CONFIG_INVALID', `Config file '${file}' is no ${kind}: ${reason}.`, {
    hint: `Correct the file${line === undefined ? '' : ` at line ${line}`}.`,
    ...(line === undefined
      ? {}
      : { where: { file, line, ...(column === undefined ? {} : { column }) } }),
  })
}

function checked(whole: unknown, file: string, project: boolean): Config {
  if (!isTable(whole)) throw wrong(file, 'the whole file', 'a table', whole)
  const { table, files } = splitFiles(whole, file, project)
  const known = project ? PROJECT_KEYS : NAMED_KEYS
  const unknown = Object.keys(table).find((key) => !known.includes(key))
  if (unknown !== undefined) throw refused(file, unknown, known, project)
  for (const key of ['model', 'engine'])
    mustBe(file, key, 'text', table[key], (v) => typeof v === 'string')
  mustBe(file, 'prefer', 'a table of text', table['prefer'], isTable)
  mustBe(file, 'disabled', 'an array of plugin ids', table['disabled'], Array.isArray)
  checkSections(file, table['plugins'], project)
  return files.length > 0 ? { ...table, files } : table
}

function checkSections(file: string, plugins: unknown, project: boolean): void {
  mustBe(file, 'plugins', 'a table with one section per plugin', plugins, isTable)
  for (const [id, section] of Object.entries(plugins ?? {})) {
    mustBe(file, `plugins.${id}`, 'a table', section, isTable)
    if (project) refuseSection(file, id, section)
  }
}

function refused(
  file: string,
  key: string,
  known: readonly string[],
  project: boolean,
): SpellError {
  if (POWERS.includes(key)) return power(file, key)
  if (project && NAMED_KEYS.includes(key)) return power(file, key)
  return new SpellError('CONFIG_INVALID', `Config file '${file}' has the unknown key '${key}'.`, {
    hint: didYouMean(key, known, `Known keys: ${known.join(', ')}.`),
    details: { key, known },
  })
}

function mustBe(
  file: string,
  key: string,
  expected: string,
  value: unknown,
  test: (value: unknown) => boolean,
): void {
  if (value !== undefined && !test(value)) throw wrong(file, `'${key}'`, expected, value)
}

function wrong(file: string, place: string, expected: string, value: unknown): SpellError {
  const found = Array.isArray(value) ? 'an array' : typeof value
  return new SpellError(
    'CONFIG_INVALID',
    `Config file '${file}': ${place} must be ${expected}, found ${found}.`,
    {
      hint: 'Correct the file.',
    },
  )
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

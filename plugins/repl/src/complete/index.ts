import { isCommand, wordsOf } from '../commands/obey.ts'
import { COMMANDS } from '../commands/index.ts'
import type { Stage } from '../stage.ts'
import { Modules } from './modules.ts'
import { ownPaths, pathsFor } from './paths.ts'
import { camel, choicesOf, keysOf, placesOf, snake } from './place.ts'
import type { Place } from './place.ts'
import { endOf } from './scan.ts'
import type { End } from './scan.ts'

/** Candidates, and the end of the text that they stand for. */
export type Candidates = readonly [readonly string[], string]

const MODELS: ReadonlySet<string> = new Set(['model', 'models', 'fallback'])
const TOOLS: ReadonlySet<string> = new Set(['tool', 'tools'])
const PATHS = /(?:^|_)(?:path|file|folder|dir|directory|cwd|source|target)s?$/
const WORD = /[\w$]*$/
const NAME = /(?:[\w$]+[.:])*[\w$]*$/

/**
 * What may follow.
 * @param before the lines of the entry before this one
 */
export async function candidates(stage: Stage, before: string, line: string): Promise<Candidates> {
  if (before === '' && isCommand(`${line}x`) && /^\s*\./.test(line)) return ofCommand(stage, line)
  const language = stage.session.language === 'javascript' ? 'javascript' : 'lua'
  const end = endOf(language, before === '' ? line : `${before}\n${line}`)
  const modules = new Modules(stage.session.house.extensions)
  if (end.string !== undefined) return ofString(stage, modules, end, end.string)
  const keys = optionKeys(modules, end, language, line)
  const word = NAME.exec(line)![0]
  if (word === '' && keys.length > 0) return [keys, '']
  const named = keys.filter((key) => key.startsWith(word))
  if (named.length > 0 || word === '') return [named, word]
  const names = [...(await stage.session.complete(line)), ...toolNames(modules, word, language)]
  return [names.filter((name) => name.startsWith(word)).toSorted(), word]
}

/** Keys of the options that the end stands in, where a key may stand. */
function optionKeys(modules: Modules, end: End, language: string, line: string): readonly string[] {
  const frame = end.frames.at(-1)
  if (frame?.open !== '{' || frame.key !== undefined) return []
  const given = new Set(frame.keys.map(snake))
  const sign = language === 'lua' ? ' = ' : ': '
  const keys = placesOf(modules, end)
    .flatMap(keysOf)
    .filter((key) => !given.has(key))
  const word = WORD.exec(line)![0]
  return [...new Set(keys)]
    .map((key) => (language === 'lua' ? key : camel(key)) + sign)
    .filter((key) => key.startsWith(word))
    .toSorted()
}

/** Of a module that has tools by their names, as the language writes them. */
function toolNames(modules: Modules, word: string, language: string): readonly string[] {
  const module = /^(\w+)\.\w*$/.exec(word)?.[1]
  if (module === undefined || !modules.hasTools(module)) return []
  const names = modules.tools().map((name) => name.replaceAll('-', '_'))
  return names.map((name) => `${module}.${language === 'lua' ? name : camel(name)}`)
}

async function ofString(
  { session }: Stage,
  modules: Modules,
  end: End,
  text: string,
): Promise<Candidates> {
  const places = placesOf(modules, end)
  const words = places.flatMap((place) => wordsFor(modules, place))
  const fitting = [...new Set(words)].filter((word) => word.startsWith(text)).toSorted()
  if (fitting.length > 0) return [fitting, text]
  const isPath = /^(?:\.{0,2}|~)\//.test(text) || places.some(({ name }) => PATHS.test(name))
  return [isPath ? await pathsFor(text, session.request) : [], text]
}

function wordsFor(modules: Modules, place: Place): readonly string[] {
  if (place.isTool || TOOLS.has(place.name)) return modules.tools()
  if (MODELS.has(place.name)) return modules.models()
  return choicesOf(place)
}

async function ofCommand(stage: Stage, line: string): Promise<Candidates> {
  const words = wordsOf(line)
  const last = /\s$/.test(line) ? '' : (words.at(-1) ?? '')
  const [name = '', ...rest] = last === '' ? [...words, ''] : words
  if (rest.length === 0) {
    const names = COMMANDS.map((command) => `.${command.name} `)
    return [names.filter((each) => each.startsWith(name)), name]
  }
  const command = COMMANDS.find((each) => `.${each.name}` === name)
  const given = (await command?.words?.(stage, rest.slice(0, -1), last)) ?? []
  const fitting = given.filter((word) => word.startsWith(last))
  const { session } = stage
  if (fitting.length > 0) return [fitting, last]
  if (command?.usage?.includes('FILE')) return [await ownPaths(last, session.options.root), last]
  if (command?.usage?.includes('PATH')) return [await pathsFor(last, session.request), last]
  return [[], last]
}

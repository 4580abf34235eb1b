import { lstat, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type { EngineItem } from '@llmspell/sdk'
import { isGood } from '../entry.ts'
import { shortName } from '../engines.ts'
import { spellOf, testOf } from '../save/script.ts'
import { withoutKeys } from '../terminal/history.ts'
import type { Session } from '../session.ts'
import type { Command, Told } from './command.ts'

export const save: Command = {
  name: 'save',
  usage: 'spell|test FILE',
  doc: 'Writes the entries that went well as a script, or a recorded test.',
  examples: ['.save spell greet.lua', '.save test greet.test.lua'],
  words: (_, words) => (words.length === 0 ? ['spell', 'test'] : []),
  async act(told) {
    const [kind, file] = told.words
    if (kind !== 'spell' && kind !== 'test') throw unknown(kind)
    if (file === undefined) throw unknown(kind)
    if (!told.session.entries.some(isGood)) throw nothing()
    return kind === 'spell' ? spell(told, file) : test(told, file)
  },
}

async function spell({ session }: Told, file: string): Promise<string> {
  const name = named(session, file, `.${shortName(session.language)}`)
  const hides = await write(session, name, spellOf(session.language, session.entries))
  return `Written: ${name}.${hides}`
}

async function test({ session }: Told, file: string): Promise<string> {
  const name = named(session, file, `.test.${shortName(session.language)}`)
  const path = pathOf(session, name)
  const cassette = join(dirname(path), '__cassettes__', `${basename(path)}.json`)
  if (await isThere(cassette)) throw unwritable(relative(dirname(path), cassette), THERE)
  const hides = await write(session, name, testOf(session.language, session.entries))
  const marks = new Set(session.entries.filter(isGood).map(({ mark }) => mark))
  const asked = await taped(session, cassette, marks, path)
  const more = asked ? ' with what models answered beside it' : ''
  const stray = asked && session.tape.hasOthers(marks) ? `\n${STRAYS}${name} --record` : ''
  return `Written: ${name}${more}.${hides} Run it with: llmspell test ${name}${stray}`
}

/** Both files or none. */
async function taped(
  { tape }: Session,
  cassette: string,
  marks: ReadonlySet<number>,
  path: string,
): Promise<boolean> {
  try {
    return await tape.write(cassette, marks)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

const STRAYS =
  'Entries that are not in it asked models too. Where an agent was told something in them, ask anew with: llmspell test '

/** With the ending that the language and the kind want, where it has none. @throws REPL_USAGE for that of another language */
function named({ house, engine, language }: Session, file: string, ending: string): string {
  const others = house.extensions
    .list<EngineItem>('engines')
    .filter(({ item }) => item.language !== language)
  const other = others.find(({ item }) => item.extensions.includes(extname(file)))
  if (other) {
    const text = `'${file}' is a name for ${other.item.language}; this session is in ${engine}.`
    throw new SpellError('REPL_USAGE', text, { hint: `Write it with '${ending}'.` })
  }
  const last = ending.slice(ending.lastIndexOf('.'))
  if (file.endsWith(ending)) return file
  return (file.endsWith(last) ? file.slice(0, -last.length) : file) + ending
}

/** A new file: what is there is not replaced. @returns what to say of it */
async function write(session: Session, file: string, text: string): Promise<string> {
  const path = pathOf(session, file)
  try {
    const shown = withoutKeys(session.redact(text))
    await writeFile(path, shown, { flag: 'wx' })
    return shown === text ? '' : ' What looks like a key, or is a secret, is left out of it.'
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    throw unwritable(file, exists ? THERE : (cause as Error).message, cause)
  }
}

const THERE = 'it is there already'

const pathOf = ({ options }: Session, file: string): string =>
  resolve(options.root ?? process.cwd(), file)

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

function unwritable(file: string, why: string, cause?: unknown): SpellError {
  return new SpellError('REPL_FILE', `The file '${file}' cannot be written: ${why}.`, {
    hint: why === THERE ? 'Choose another name.' : 'Name a file in a folder that is there.',
    cause,
  })
}

function unknown(kind: string | undefined): SpellError {
  const found = kind === undefined ? 'nothing' : `'${kind}'`
  return new SpellError('REPL_USAGE', `'.save' expects spell or test, and FILE; found ${found}.`, {
    hint: 'Write it as: .save spell greet.lua',
  })
}

function nothing(): SpellError {
  return new SpellError(
    'REPL_FILE',
    'No entry of this session went well: there is nothing to save.',
    {
      hint: 'Only entries of this session and engine are saved.',
    },
  )
}

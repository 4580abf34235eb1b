import { writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { isGood } from '../entry.ts'
import { shortName } from '../engines.ts'
import { spellOf, testOf } from '../save/script.ts'
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
  const name = named(file, `.${shortName(session.language)}`)
  await write(session, name, spellOf(session.language, session.entries))
  return `Written: ${name}`
}

async function test({ session }: Told, file: string): Promise<string> {
  const name = named(file, `.test.${shortName(session.language)}`)
  const path = await write(session, name, testOf(session.language, session.entries))
  const cassette = join(dirname(path), '__cassettes__', `${basename(path)}.json`)
  const asked = session.tape.records && (await session.tape.write(cassette))
  const more = asked ? ' with what models answered beside it' : ''
  const stray = session.strays && asked ? `\n${STRAYS}${name} --record` : ''
  return `Written: ${name}${more}. Run it with: llmspell test ${name}${stray}`
}

const STRAYS =
  'Entries that are not in it asked models too. Leave their answers out with: llmspell test '

/** With the ending that the language and the kind want, where it has none. */
function named(file: string, ending: string): string {
  const last = ending.slice(ending.lastIndexOf('.'))
  if (file.endsWith(ending)) return file
  return (file.endsWith(last) ? file.slice(0, -last.length) : file) + ending
}

/** A new file: what is there is not replaced. */
async function write(session: Session, file: string, text: string): Promise<string> {
  const path = resolve(session.options.root ?? process.cwd(), file)
  try {
    await writeFile(path, session.redact(text), { flag: 'wx' })
    return path
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    const why = exists ? 'it is there already' : (cause as Error).message
    throw new SpellError('REPL_FILE', `The file '${file}' cannot be written: ${why}.`, {
      hint: exists ? 'Choose another name.' : 'Name a file in a folder that is there.',
      cause,
    })
  }
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

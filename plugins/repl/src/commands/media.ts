import { SpellError } from '@llmspell/sdk'
import type { ErrorRecord, GrantChain, MediaKind, Value } from '@llmspell/sdk'
import { errorOf } from '../entry.ts'
import { coloursOf, detectProtocol, isNested, previewOf, QUESTION } from '../preview/index.ts'
import type { Protocol, Shown } from '../preview/index.ts'
import type { Session } from '../session.ts'
import type { Command, Told } from './command.ts'

const MOST_BYTES = 20 * 1024 * 1024
const MOST_ROWS = 20

export const media: Command = {
  name: 'media',
  usage: 'PATH',
  doc: 'Loads a file into the variable media and shows it, or what it is.',
  examples: ['.media lamp.png'],
  async act(told) {
    const { session, show, words } = told
    const [path] = words
    if (path === undefined) throw missing()
    const shown = await describe(told, path)
    if (!shown) return ''
    if ('failure' in shown) return shown
    const bytes = await read(session, path, told.signal)
    const preview = await draw(session, { ...shown, bytes }, told.signal)
    show.endLine()
    if (session.options.json) return preview
    session.options.face.draw?.(preview)
    return session.options.face.draw ? '' : preview
  },
}

type Facts = Omit<Shown, 'bytes'>

const WORDS = {
  lua: { load: 'media = Media.file', say: 'media:describe()' },
  javascript: { load: 'var media = await Media.file', say: 'await media.describe()' },
} as const

/** Nothing where an entry has failed and was shown. */
async function describe(
  { session, show, signal }: Told,
  path: string,
): Promise<Facts | { readonly failure: ErrorRecord } | undefined> {
  const { load, say } = WORDS[session.language === 'lua' ? 'lua' : 'javascript']
  for (const text of [`${load}(${JSON.stringify(path)})`, say]) {
    const entry = await session.evaluate(text, signal, { file: '.media', line: 1 })
    if (!entry || errorOf(entry)) {
      const error = entry && errorOf(entry)
      // Nobody wrote the entry that it would point into.
      if (!error) return undefined
      const { code, message, hint } = error
      show.failed({ code, message, ...(hint ? { hint } : {}) }, show.line)
      return { failure: error }
    }
  }
  const { end } = session.entries.pop()!
  return end.status === 'value' ? factsOf(end.values[0]) : undefined
}

function factsOf(value: Value | undefined): Facts | undefined {
  const { kind, mime, name } = (value ?? {}) as Readonly<Record<string, string | undefined>>
  if (kind === undefined || mime === undefined) return undefined
  return { kind: kind as MediaKind, mime, name }
}

async function read(session: Session, path: string, signal: AbortSignal): Promise<Uint8Array> {
  const { files } = session.house
  if (!files) throw new SpellError('NOT_AVAILABLE', 'No plugin that reads files is installed.')
  const { allow = {}, deny = {}, grants, root = process.cwd() } = session.request
  const chain: GrantChain = grants ?? [{ holder: 'command line', allow, deny }]
  const access = { subject: '.media', grants: chain, root, signal }
  await using file = await files.open(path, access, { maxBytes: MOST_BYTES })
  const parts: Uint8Array[] = []
  for await (const part of file.read()) parts.push(part)
  return Buffer.concat(parts)
}

/** How long a terminal may think about what it is; many never say it. */
const ANSWER_MS = 200
const known = new WeakMap<Session, Protocol>()

/** What it says of itself in variables, else what it answers, once in a session. */
async function protocolOf(session: Session): Promise<Protocol> {
  const { terminal, env = {}, askTerminal } = session.options
  if (!terminal) return 'none'
  const told = known.get(session) ?? detectProtocol(env)
  if (told !== 'blocks' || !askTerminal || known.has(session) || isNested(env)) return told
  const found = detectProtocol(env, await askTerminal(QUESTION, ANSWER_MS))
  known.set(session, found)
  return found
}

async function draw(session: Session, shown: Shown, signal: AbortSignal): Promise<string> {
  const { terminal, env = {}, colour } = session.options
  const protocol = shown.kind === 'image' ? await protocolOf(session) : 'none'
  return previewOf(shown, {
    columns: session.columns,
    rows: Math.min(MOST_ROWS, (terminal?.rows ?? 24) - 4),
    protocol: colour === false && protocol === 'blocks' ? 'none' : protocol,
    colours: coloursOf(env),
    pictures: session.house.pictures,
    signal,
  })
}

function missing(): SpellError {
  return new SpellError('REPL_USAGE', "'.media' needs PATH.", {
    hint: 'Write it as: .media lamp.png',
  })
}

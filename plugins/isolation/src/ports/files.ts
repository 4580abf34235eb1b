import type { FileEntry, FileFacts, Files, NewFile, OpenFile, WriteOptions } from '@llmspell/sdk'
import { bytes, number, options, table, text } from './args.ts'
import type { Verbs } from './ports.ts'
import { keepStream } from './streams.ts'

const LIST = { depth: 'number', maxEntries: 'number', hidden: 'boolean' } as const
const WRITE = {
  mode: 'string',
  parents: 'boolean',
  maxBytes: 'number',
  executable: 'boolean',
} as const
const MODES = ['create', 'replace', 'append']

/** The service `files`, as it reaches another process. */
export const FILES: Verbs<Files> = {
  async 'files.open'(open, files, [path, given]) {
    const chosen = options<object>(given, { maxBytes: 'number' })
    const file = await files.open(text(path, 'path'), open.access, chosen)
    const object = open.keep('file', file, () => file.close())
    return { object, path: file.path, size: file.size }
  },
  'files.read'(open, _files, [id, given]) {
    const range = options<object>(given, { offset: 'number', length: 'number', reuse: 'boolean' })
    // A piece waits here until it is sent: it must not be overwritten.
    return keepStream(open, open.get<OpenFile>('file', id).read({ ...range, reuse: false }))
  },
  async 'files.write'(open, files, [path, given]) {
    const { facts, ...rest } = table(given, 'options')
    const chosen = options<WriteOptions>(rest, WRITE)
    if (!MODES.includes(chosen.mode)) throw new TypeError(`the mode is none of ${MODES.join(', ')}`)
    const whole = facts === undefined ? chosen : { ...chosen, facts: table(facts, 'facts') }
    const file = await files.write(text(path, 'path'), open.access, whole)
    return { object: open.keep('new file', file, () => file.abort()), path: file.path }
  },
  'files.put': (open, _files, [id, piece]) =>
    open.get<NewFile>('new file', id).write(bytes(piece, 'bytes')),
  'files.commit': (open, _files, [id]) => open.get<NewFile>('new file', id).commit(),
  'files.stat': async (open, files, [path]) =>
    withoutPlace(await files.stat(text(path, 'path'), open.access)),
  'files.list'(open, files, [path, given]) {
    const chosen = options<object>(given, LIST)
    return keepStream(open, entries(files.list(text(path, 'path'), open.access, chosen)))
  },
  'files.size': (open, _files, [id]) => number(open.get<OpenFile>('file', id).size, 'size'),
}

async function* entries(source: AsyncIterable<FileEntry>): AsyncGenerator<FileEntry> {
  for await (const entry of source) yield withoutPlace(entry)
}

/** Where it really lies is for the host only. */
function withoutPlace<T extends FileFacts>(facts: T): T {
  return { ...facts, place: facts.path }
}

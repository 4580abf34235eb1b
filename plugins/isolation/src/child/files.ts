import type { FileEntry, FileFacts, Files, NewFile, OpenFile } from '@llmspell/sdk'
import type { Line } from '../line/line.ts'
import { idOf, isolated } from './call.ts'
import { pulled } from './pulled.ts'

interface Opened {
  readonly object: number
  readonly path: string
  readonly size: number
}

/** The service `files` of the host, under the grants of the call that it is used with. */
export function remoteFiles(line: Line): Files {
  return {
    async open(path, access, options) {
      const call = idOf(access)
      return openFile(line, call, (await line.ask('files.open', call, path, options)) as Opened)
    },
    async write(path, access, options) {
      const call = idOf(access)
      return newFile(line, call, (await line.ask('files.write', call, path, options)) as Opened)
    },
    stat: async (path, access) => (await line.ask('files.stat', idOf(access), path)) as FileFacts,
    async *list(path, access, options) {
      const call = idOf(access)
      const stream = (await line.ask('files.list', call, path, options)) as number
      yield* pulled<FileEntry>(line, call, stream)
    },
    protects() {
      throw isolated("An isolated plugin cannot ask 'files.protects', which answers at once")
    },
  }
}

function openFile(line: Line, call: number, { object, path, size }: Opened): OpenFile {
  const close = async (): Promise<void> => void (await line.ask('close', call, object))
  return {
    path,
    size,
    async *read(range) {
      const stream = (await line.ask('files.read', call, object, range)) as number
      yield* pulled<Uint8Array>(line, call, stream)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function newFile(line: Line, call: number, { object, path }: Opened): NewFile {
  const abort = async (): Promise<void> => void (await line.ask('close', call, object))
  return {
    path,
    write: async (bytes) => void (await line.ask('files.put', call, object, bytes)),
    commit: async () =>
      (await line.ask('files.commit', call, object)) as Awaited<ReturnType<NewFile['commit']>>,
    abort,
    [Symbol.asyncDispose]: abort,
  }
}

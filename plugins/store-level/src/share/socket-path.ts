import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateFolder } from '@llmspell/sdk/store'

/** What the address of a socket may be long, on every system that has them. */
const MOST_BYTES = 100

/** Where the owner of a folder listens: in the folder, or in a private one where that path is too long. */
export async function socketPath(folder: string): Promise<string> {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\llmspell-${name}`
  const path = join(folder, 'state.sock')
  if (Buffer.byteLength(path) <= MOST_BYTES) return path
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? tmpdir()
  const place = join(runtime, `llmspell-${process.getuid?.() ?? 0}`)
  const short = await privateFolder(place, { plugin: 'store-level', allowRemote: true })
  return join(short, `${name}.sock`)
}

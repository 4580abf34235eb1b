import { chmod, mkdir, realpath, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SpellError } from '@llmspell/sdk'

/** Types of file systems that another machine keeps: NFS, SMB, CIFS, SMB2, AFS, Ceph. */
const REMOTE = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0xc36400])

/** The real path of a folder that is ours alone. @throws STATE_UNAVAILABLE, STATE_FS_UNSAFE */
export async function privateFolder(folder: string, allowRemote: boolean): Promise<string> {
  try {
    await makeFolder(folder)
    const real = await realpath(folder)
    const found = await stat(real)
    if (!found.isDirectory()) throw unavailable(real, 'a file')
    const { uid, mode } = found
    const me = process.getuid?.()
    if (me !== undefined && uid !== me) throw unavailable(real, `one of the user ${uid}`)
    if (process.platform !== 'win32' && mode & 0o077) await chmod(real, 0o700)
    if (!allowRemote && (await isRemote(real))) throw unsafe(real)
    return real
  } catch (error) {
    if (error instanceof SpellError) throw error
    throw unavailable(folder, textOf(error), error)
  }
}

/** One by one: asked for all at once, Node never ends where a file system refuses by saying that there is no such thing. */
async function makeFolder(folder: string): Promise<void> {
  const failed = await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => error)
  const code = (failed as NodeJS.ErrnoException | undefined)?.code
  if (code === undefined || code === 'EEXIST') return
  if (code !== 'ENOENT' || (await exists(dirname(folder)))) throw failed
  await makeFolder(dirname(folder))
  await mkdir(folder, { mode: 0o700 })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

async function isRemote(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const { type } = await statfs(folder)
  return REMOTE.has(type)
}

/** Bytes that may still be written where a folder lies. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

export function unavailable(folder: string, found: string, cause?: unknown): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The folder '${folder}' cannot hold the store: expected a folder of yours, found ${found}.`,
    {
      hint: "Write a folder that you may write to at 'plugins.state.folder'.",
      ...(cause === undefined ? {} : { cause }),
    },
  )
}

function unsafe(folder: string): SpellError {
  return new SpellError(
    'STATE_FS_UNSAFE',
    `The folder '${folder}' cannot hold the store: expected a disk of this machine, found a network file system.`,
    {
      hint: "Set 'plugins.state.folder' to a local folder, or 'plugins.store-level.allow_network_disk' to true.",
    },
  )
}

export const textOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/\.$/, '') : String(error)

import { chmod, mkdir, realpath, stat, statfs } from 'node:fs/promises'
import { SpellError } from '@llmspell/sdk'

/** Types of file systems that another machine keeps: NFS, SMB, CIFS, SMB2, AFS, Ceph. */
const REMOTE = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0xc36400])

/** The real path of a folder that is ours alone. @throws STATE_UNAVAILABLE, STATE_FS_UNSAFE */
export async function privateFolder(folder: string, allowRemote: boolean): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const real = await realpath(folder)
    const { uid, mode } = await stat(real)
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

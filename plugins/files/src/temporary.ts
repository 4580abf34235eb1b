import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { lstat, opendir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { HeldFolder } from './folder.ts'

const NAME = /^\.llmspell-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{16}\.tmp$/
const DAY = 24 * 60 * 60 * 1000
const MAX_ENTRIES = 4096

let own: string | undefined

/** A name that nobody guesses and that tells whose it is: machine and start of it, process. */
export function temporaryName(): string {
  return `.llmspell-${here()}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`
}

export function isTemporary(name: string): boolean {
  return NAME.test(name)
}

/**
 * Removes what a process that is gone has left. Of another machine, or of this one before it was
 * started, that cannot be known: there, what is older than a day.
 */
export async function removeLeftovers(folder: HeldFolder): Promise<void> {
  try {
    let seen = 0
    for await (const { name } of await opendir(folder.at('.'))) {
      if (++seen > MAX_ENTRIES) return
      const found = NAME.exec(name)
      if (found && (await isLeft(folder, name, found[1]!, Number(found[2])))) {
        await unlink(folder.at(name)).catch(() => undefined)
      }
    }
  } catch {
    // A folder that may be written but not listed keeps what is in it.
  }
}

async function isLeft(
  folder: HeldFolder,
  name: string,
  origin: string,
  pid: number,
): Promise<boolean> {
  const info = await lstat(folder.at(name)).catch(() => undefined)
  if (!info?.isFile()) return false
  return origin === here() ? isGone(pid) : Date.now() - info.mtimeMs > DAY
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Numbers of processes mean something only on one machine, since its start, in one namespace. */
function here(): string {
  const parts = [hostname(), read('/proc/sys/kernel/random/boot_id'), namespace()]
  own ??= createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 8)
  return own
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

import { lstat, realpath } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { basename } from 'node:path'
import type { Access, NewFile, WriteOptions } from '@llmspell/sdk'
import { AppendedFile } from './appended-file.ts'
import { ask, requirePlace } from './asked.ts'
import type { Asked, Means } from './asked.ts'
import * as errors from './errors.ts'
import type { HeldFolder } from './folder.ts'
import { irregular } from './kind.ts'
import { checkPath } from './path.ts'
import { isNamed, protectedBy } from './protected.ts'
import { ReplacingFile } from './replacing-file.ts'
import type { Target } from './target.ts'
import { removeLeftovers } from './temporary.ts'
import { letGoOnFailure, makeFolders, walk } from './walk.ts'

/** Nothing is made or changed before the place of the file is known, held and granted. */
export async function writeFile(
  means: Means,
  path: string,
  access: Access,
  options: WriteOptions,
): Promise<NewFile> {
  checkPath(path)
  errors.checkSignal(access.signal, path)
  const asked = await askToWrite(means, path, access, options)
  const folder = await folderOf(asked, options)
  return letGoOnFailure(folder, () => begin(asked, folder, options))
}

/** @throws PERMISSION_DENIED, PATH_PROTECTED */
async function askToWrite(
  means: Means,
  path: string,
  access: Access,
  options: WriteOptions,
): Promise<Asked> {
  const { mode, executable, parents } = options
  const facts = {
    mode,
    ...(executable ? { executable } : {}),
    ...(parents ? { folders: 'those of its path that are missing are made' } : {}),
    ...options.facts,
  }
  const asked = await ask(means, 'write', path, access, facts)
  const rule = protectedBy(asked.lexical)
  // A person who was asked about this very path has named it.
  if (rule !== undefined && !asked.agreed && !isNamed(asked.lexical, asked.access)) {
    await recordProtected(asked, rule)
    throw errors.protectedPath(asked.shown, rule)
  }
  return asked
}

/** What is refused here was granted: `permissions` knows nothing of it. */
async function recordProtected({ means, access, lexical }: Asked, rule: string): Promise<void> {
  const { runId = '', seq = 0, actors = [] } = access.run ?? {}
  const names = actors.map(({ kind, name }) => `${kind} '${name}'`)
  await means.audit.record({
    run: runId,
    seq,
    actors: names.length > 0 ? names : ['script'],
    subject: access.subject,
    permission: 'write',
    target: lexical,
    outcome: 'denied',
    by: `files: protected ${rule}`,
    labels: [...means.permissions.labels(access)],
  })
}

async function folderOf(asked: Asked, { parents = false }: WriteOptions): Promise<HeldFolder> {
  const walked = await walk(asked)
  await letGoOnFailure(walked.folder, async () => {
    if (!(await walked.folder.isInPlace()))
      throw errors.unwritable(asked.shown, 'its folder was moved')
    await requirePlace(asked, asked.lexical)
    if (walked.missing.length > 0 && !parents) throw errors.folderMissing(asked.shown)
  })
  return makeFolders(asked, walked)
}

async function begin(asked: Asked, folder: HeldFolder, options: WriteOptions): Promise<NewFile> {
  const name = basename(asked.lexical)
  const found = await factsOf(asked, folder, name)
  if (found && options.mode === 'create') throw errors.exists(asked.shown)
  const max = options.maxBytes ?? asked.means.config.maxBytes
  const mode = found && found.mode & 0o777
  const fresh = options.executable ? 0o777 : 0o666
  const target: Target = { asked, folder, name, max, mode, fresh }
  if (options.mode === 'append') return AppendedFile.begin(target)
  await removeLeftovers(folder)
  return ReplacingFile.begin(target, options.mode)
}

/** @throws FILE_NOT_REGULAR for what is there and is no file with this one name */
async function factsOf(
  { shown, lexical, means }: Asked,
  folder: HeldFolder,
  name: string,
): Promise<Stats | undefined> {
  if (name === '') throw errors.pathInvalid(shown, 'the name of a file', 'a folder')
  const info = await lstat(folder.at(name)).catch((error: unknown) => {
    if (errors.systemCode(error) === 'ENOENT') return undefined
    throw errors.unwritable(shown, errors.systemCode(error))
  })
  if (info && !info.isFile()) throw irregular(shown, info, 'written')
  if (info && info.nlink > 1) throw errors.hardLink(shown, 'written')
  // Without descriptors names may be the same in other letters: only the stored one was granted.
  if (info && !means.descriptors && (await realpath(lexical).catch(() => '')) !== lexical) {
    throw errors.pathInvalid(shown, 'the name as it is stored', 'another form of it')
  }
  return info
}

import { didYouMean, SpellError } from '@llmspell/sdk'
import type { BackupInfo } from '@llmspell/sdk'
import { checkedBackup, requireFit, rowsOfBackup } from '@llmspell/sdk/store'
import type { BackupRow } from '@llmspell/sdk/store'
import type { BackupFiles } from './files.ts'

/** A backup and all that it follows, the whole one first. @throws STATE_BACKUP_UNKNOWN, STATE_BACKUP_DAMAGED */
export async function chainOf(files: BackupFiles, id: string): Promise<BackupInfo[]> {
  const chain: BackupInfo[] = []
  for (let next: string | undefined = id; next !== undefined; next = chain[0]!.follows) {
    const info = await files.info(next)
    if (!info) throw await unknown(files, next, id)
    if (info.damaged || chain.some((each) => each.id === info.id)) throw undescribed(files, next)
    chain.unshift(info)
  }
  return chain
}

async function unknown(files: BackupFiles, id: string, asked: string): Promise<SpellError> {
  const ids = (await files.list()).map((info) => info.id)
  if (id === asked) return unknownBackup(id, ids, `'${files.folder}'`)
  const text = `The backup '${asked}' cannot be used: expected '${id}', which it follows, found none.`
  return new SpellError('STATE_BACKUP_UNKNOWN', text, {
    hint: didYouMean(id, ids, 'List the backups.'),
  })
}

/** @param place where it was looked for, as a text would say it */
export function unknownBackup(id: string, known: readonly string[], place: string): SpellError {
  const text = `There is no backup '${id.slice(0, 60)}': expected one of ${known.length} in ${place}, found none.`
  return new SpellError('STATE_BACKUP_UNKNOWN', text, {
    hint: didYouMean(id, known, 'List the backups.'),
  })
}

function undescribed(files: BackupFiles, id: string): SpellError {
  return new SpellError(
    'STATE_BACKUP_DAMAGED',
    `The backup '${id}' is damaged: expected '${files.noteOf(id)}' to say what it is, found something else.`,
    { hint: 'Use another backup; nothing of this one was restored.' },
  )
}

/**
 * Each to its end, and each behind what it follows.
 *
 * @throws STATE_BACKUP_DAMAGED, STATE_BACKUP_MISFIT, STATE_NEWER
 */
export async function checkChain(files: BackupFiles, chain: readonly BackupInfo[]): Promise<void> {
  let mark: string | undefined
  for (const [n, { id, checksum }] of chain.entries()) {
    const manifest = await checkedBackup(files.read(id))
    if (manifest.sha256 !== checksum) throw another(id, checksum, manifest.sha256)
    requireFit(n > 0, mark !== undefined && manifest.base === mark, manifest)
    mark = manifest.mark
  }
}

function another(id: string, expected: string, found: string): SpellError {
  return new SpellError(
    'STATE_BACKUP_DAMAGED',
    `The backup '${id}' is another one: expected the SHA-256 ${expected}, found ${found}.`,
    { hint: 'Use another backup; nothing of this one was restored.' },
  )
}

/** What the chain leaves in the end. Only the keys of its increments are in memory. */
export async function* rowsOfChain(
  files: BackupFiles,
  chain: readonly BackupInfo[],
): AsyncGenerator<BackupRow> {
  const seen = new Set<string>()
  for (const { id, follows } of chain.toReversed()) {
    const names: string[] = []
    for await (const row of rowsOfBackup(files.read(id))) {
      const name = row.key.toString('latin1')
      if (follows !== undefined) names.push(name)
      if (row.envelope && !seen.has(name)) yield row
    }
    for (const name of names) seen.add(name)
  }
}

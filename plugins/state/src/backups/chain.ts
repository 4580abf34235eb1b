import { didYouMean, SpellError } from '@llmspell/sdk'
import type { BackupInfo } from '@llmspell/sdk'
import { checkedBackup, rowsOfBackup } from '@llmspell/sdk/store'
import type { BackupRow } from '@llmspell/sdk/store'
import type { BackupFiles } from './files.ts'

/** A backup and all that it follows, the whole one first. @throws STATE_BACKUP_UNKNOWN */
export async function chainOf(files: BackupFiles, id: string): Promise<BackupInfo[]> {
  const chain: BackupInfo[] = []
  for (let next: string | undefined = id; next !== undefined; next = chain[0]!.follows) {
    const info = await files.info(next)
    if (!info) throw await unknown(files, next, id)
    chain.unshift(info)
  }
  return chain
}

async function unknown(files: BackupFiles, id: string, asked: string): Promise<SpellError> {
  const ids = (await files.list()).map((info) => info.id)
  return new SpellError(
    'STATE_BACKUP_UNKNOWN',
    id === asked
      ? `There is no backup '${id.slice(0, 60)}': expected one of ${ids.length} in '${files.folder}', found none.`
      : `The backup '${asked}' cannot be used: expected '${id}', which it follows, found none.`,
    { hint: didYouMean(id, ids, 'List the backups.') },
  )
}

/** Each to its end. @throws STATE_BACKUP_DAMAGED, STATE_NEWER */
export async function checkChain(files: BackupFiles, chain: readonly BackupInfo[]): Promise<void> {
  for (const { id, checksum } of chain) {
    const { sha256 } = await checkedBackup(files.read(id))
    if (sha256 === checksum) continue
    throw new SpellError(
      'STATE_BACKUP_DAMAGED',
      `The backup '${id}' is another one: expected the SHA-256 ${checksum}, found ${sha256}.`,
      { hint: 'Use another backup; nothing of this one was restored.' },
    )
  }
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

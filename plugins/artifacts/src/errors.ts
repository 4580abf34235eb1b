import { SpellError, printable } from '@llmspell/sdk'

export function notFound(id: string, session?: string): SpellError {
  const where = session === undefined ? '' : ` in session '${session}'`
  const message = `Artifact '${printable(id, 80)}' does not exist${where}.`
  return new SpellError('ARTIFACT_NOT_FOUND', message, {
    hint: 'List what there is with Artifact.list, or llmspell artifact list.',
    details: { id: printable(id, 80) },
  })
}

export function noFiles(fn: string): SpellError {
  return new SpellError('NOT_AVAILABLE', `Artifact.${fn} needs the plugin 'files'.`, {
    hint: 'Install @llmspell/files, or enable it in the config.',
  })
}

export function damaged(id: string, found: string): SpellError {
  const message = `Artifact '${id}' is damaged: expected the content that was stored, found ${found}.`
  return new SpellError('ARTIFACT_DAMAGED', message, {
    hint: `Remove it with llmspell artifact remove ${id}, and make it again.`,
    details: { id },
  })
}

export function tooLarge(
  name: string,
  limit: number,
  key: 'maxBytes' | 'maxTotalBytes',
): SpellError {
  const [which, hint] =
    key === 'maxBytes'
      ? ['one artifact', 'Store it in parts, or raise plugins.artifacts.maxBytes.']
      : [
          'all artifacts together',
          'Remove some with llmspell artifact remove, or raise plugins.artifacts.maxTotalBytes.',
        ]
  const message = `Artifact '${printable(name, 80)}' is too large: expected at most ${limit} bytes for ${which}, found more.`
  return new SpellError('ARTIFACT_TOO_LARGE', message, { hint, details: { limit, key } })
}

/** What the operating system refused. Its own message would tell where the store lies. */
export function failed(doing: string, cause: unknown): SpellError {
  const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'no reason'
  return new SpellError('ARTIFACT_FAILED', `The artifact store could not ${doing}: ${reason}.`, {
    hint: 'See that the folder plugins.artifacts.folder is yours and its disk has room.',
    details: { reason },
  })
}

/** A folder where others could put what they like. */
export function notOurs(): SpellError {
  const message =
    'The artifact store cannot use its folder: expected one that only its owner may write to.'
  return new SpellError('ARTIFACT_FAILED', message, {
    hint: 'Take the rights of others away, or name another with plugins.artifacts.folder.',
  })
}

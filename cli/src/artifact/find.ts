import { SpellError, type ArtifactInfo, type Artifacts } from '@llmspell/sdk'

const WHOLE = /^sha256-[0-9a-f]{64}$/

/**
 * An artifact by its id, or by the beginning of it that no other has.
 * @throws ARTIFACT_NOT_FOUND, FLAG_INVALID for a beginning of several
 */
export async function findArtifact(artifacts: Artifacts, id: string): Promise<ArtifactInfo> {
  const start = id.replace(/…$/, '')
  if (WHOLE.test(start) || start === '') return artifacts.info(id)
  const all = await artifacts.list()
  const [first, ...more] = all.filter((one) => one.id.startsWith(start))
  if (!first) return artifacts.info(id)
  if (more.length === 0) return first
  throw new SpellError(
    'FLAG_INVALID',
    `'${start}' is the beginning of ${more.length + 1} artifacts: expected one of them.`,
    { hint: 'Write more of the id; llmspell artifact list --json has the whole ones.' },
  )
}

/** The id meant, which is not looked at where it is whole: what is damaged can still be removed. */
export async function artifactId(artifacts: Artifacts, id: string): Promise<string> {
  return WHOLE.test(id) ? id : (await findArtifact(artifacts, id)).id
}

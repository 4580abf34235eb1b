import type { CallContext } from '@llmspell/sdk'
import type { Hub } from './hub.ts'
import { keyReference } from './keys.ts'

/** The variables with a provider's key that `.env` of the run's folder has, and the environment has not. */
export async function dotenvNames(
  { catalog, secrets }: Hub,
  context: CallContext | undefined,
): Promise<ReadonlySet<string>> {
  const references = catalog.endpoints().map(keyReference)
  const names = references.flatMap((each) => (each?.kind === 'env' ? [`env:${each.name}`] : []))
  if (!secrets || names.length === 0) return new Set()
  const found = await secrets.list({
    subject: 'The choice of a model',
    grants: [{ holder: 'plugin models', allow: { secret: names } }],
    root: context?.root ?? process.cwd(),
  })
  const own = found.filter(({ source }) => source === 'dotenv')
  return new Set(own.map(({ name }) => name.slice('env:'.length)))
}

import type { Durability } from '@llmspell/sdk'
import { isSpellError } from '@llmspell/sdk'
import { unfit } from './errors.ts'
import type { Link } from './link.ts'

const OLDEST = 7

/** What a server keeps, and what is to be told of that. */
export interface Facts {
  readonly durability: readonly Durability[]
  readonly warning?: string
}

/** @throws STATE_UNAVAILABLE for a server that cannot keep a store */
export async function factsOf(link: Link): Promise<Facts> {
  const info = await infoOf(link)
  const version = info.get('redis_version') ?? 'none'
  if (!(Number.parseInt(version, 10) >= OLDEST))
    throw unfit(link.shown, `version ${OLDEST} or later`, `'${version}'`)
  if (info.get('redis_mode') === 'cluster') throw unfit(link.shown, 'one server', 'a cluster')
  const policy = info.get('maxmemory_policy') ?? ''
  if (policy.startsWith('allkeys'))
    throw unfit(link.shown, "'maxmemory-policy' 'noeviction'", `'${policy}', which removes rows`)
  return keptBy(await settingsOf(link))
}

/** With the log of the server written and synced before each answer, all is kept; otherwise nothing can be promised. */
function keptBy(settings: ReadonlyMap<string, string> | undefined): Facts {
  const none = (warning: string): Facts => ({ durability: ['none'], warning })
  if (!settings) return none('The server does not tell what it keeps: it is taken to keep nothing.')
  if (settings.get('appendonly') !== 'yes')
    return none("The server has 'appendonly' off: when it ends, what is in the store may be lost.")
  if (settings.get('appendfsync') !== 'always')
    return none("The server has no 'appendfsync always': a crash may lose the last second or more.")
  if (settings.get('no-appendfsync-on-rewrite') === 'yes')
    return none("The server has 'no-appendfsync-on-rewrite' on: a crash may lose many seconds.")
  return { durability: ['none', 'os', 'sync'] }
}

async function infoOf(link: Link): Promise<Map<string, string>> {
  const text = String(await link.ask('INFO'))
  return new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name!, value!]))
}

/** Undefined where this user may not ask. */
async function settingsOf(link: Link): Promise<Map<string, string> | undefined> {
  const names = ['appendonly', 'appendfsync', 'no-appendfsync-on-rewrite']
  try {
    const found = (await link.ask('CONFIG', 'GET', ...names)) as string[]
    return new Map(names.map((name) => [name, found[found.indexOf(name) + 1] ?? '']))
  } catch (error) {
    // Who hosts a server often keeps this command from its users.
    if (isSpellError(error) && /'(?:NOPERM|ERR unknown command)/.test(error.message))
      return undefined
    throw error
  }
}

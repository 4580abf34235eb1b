import type { Contribution, EngineItem, ExtensionRegistry, Isolation } from '@llmspell/sdk'
import { openInline } from './inline.ts'
import type { HostSide, HostedSession } from './session.ts'

/** Where engines are found. */
export interface Places {
  readonly extensions: ExtensionRegistry
  /** The file that a thread of a script starts with. */
  readonly threadMain: URL
}

/** A session in this thread or in one of its own. @throws ENGINE_FAILED */
export async function openSession(
  { extensions, threadMain }: Places,
  engine: Contribution<EngineItem>,
  isolation: Isolation,
  host: HostSide,
): Promise<HostedSession> {
  if (isolation === 'inline') return openInline(await extensions.get('engines', engine.name), host)
  const { openWorker } = await import('./worker.ts')
  const file = extensions.file(
    engine as Contribution<never>,
    engine.item.entry ?? './dist/index.js',
  )
  return openWorker({ main: threadMain, engine: file }, host)
}

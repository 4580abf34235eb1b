import { SessionGuard } from '@llmspell/sdk'
import type { Access, CallContext, Permissions } from '@llmspell/sdk'
import type { ArtifactRecord } from './record.ts'
import type { Store } from './store.ts'

/** What a script of this run is to the store. */
export function accessOf(context: CallContext, fn: string): Access {
  const { grants, root, signal } = context
  return { subject: `Artifact.${fn}`, grants, root, signal, run: context }
}

/**
 * What a run has stored is its own; what stands in a session is as open as the session; all else is a file to it, under the
 * permission for its path.
 */
export class Ownership {
  readonly #permissions: Permissions
  readonly #store: Store
  readonly #sessions: SessionGuard

  constructor(permissions: Permissions, store: Store) {
    this.#permissions = permissions
    this.#store = store
    this.#sessions = new SessionGuard(permissions, 'Artifact')
  }

  /** @throws PERMISSION_DENIED */
  async require(
    permission: 'read' | 'write',
    record: ArtifactRecord,
    fn: string,
    context: CallContext,
  ): Promise<void> {
    const access = accessOf(context, fn)
    if (isOwn(record, access)) return
    if (permission === 'write' || !this.#inSession(record, context)) {
      const target = this.#store.fileOf(record.id)
      await this.#permissions.require({ permission, target, shown: record.name }, access)
    }
    this.seen(record, access)
  }

  /** What a run has read of others it has seen. */
  seen(info: Pick<ArtifactRecord, 'metadata'>, access: Access): void {
    if (isUntrusted(info)) this.#permissions.mark('untrusted', access)
  }

  mayList(record: ArtifactRecord, context: CallContext): boolean {
    const access = accessOf(context, 'list')
    if (isOwn(record, access) || this.#inSession(record, context)) return true
    const target = this.#store.fileOf(record.id)
    return this.#permissions.decide({ permission: 'read', target }, access).allowed
  }

  #inSession({ sessions = [] }: ArtifactRecord, context: CallContext): boolean {
    return sessions.some((id) => this.#sessions.allows(id, context))
  }
}

function isOwn({ runs }: Pick<ArtifactRecord, 'runs'>, { run }: Access): boolean {
  return run !== undefined && runs.includes(run.runId)
}

function isUntrusted({ metadata }: Pick<ArtifactRecord, 'metadata'>): boolean {
  return (metadata as { readonly untrusted?: unknown } | undefined)?.untrusted === true
}

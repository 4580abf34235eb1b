import type { Access, CallContext, Permissions } from '@llmspell/sdk'
import type { ArtifactRecord } from './record.ts'
import type { Store } from './store.ts'

/** What a script of this run is to the store. */
export function accessOf(context: CallContext, fn: string): Access {
  const { grants, root, signal } = context
  return { subject: `Artifact.${fn}`, grants, root, signal, run: context }
}

/** What a run has stored is its own; what others have stored is a file to it, under the permission for its path. */
export class Ownership {
  readonly #permissions: Permissions
  readonly #store: Store

  constructor(permissions: Permissions, store: Store) {
    this.#permissions = permissions
    this.#store = store
  }

  /** @throws PERMISSION_DENIED */
  async require(
    permission: 'read' | 'write',
    record: ArtifactRecord,
    access: Access,
  ): Promise<void> {
    if (isOwn(record, access)) return
    const target = this.#store.fileOf(record.id)
    await this.#permissions.require({ permission, target, shown: record.name }, access)
    if (isUntrusted(record)) this.#permissions.mark('untrusted', access)
  }

  mayList(record: Pick<ArtifactRecord, 'id' | 'runs'>, access: Access): boolean {
    if (isOwn(record, access)) return true
    const target = this.#store.fileOf(record.id)
    return this.#permissions.decide({ permission: 'read', target }, access).allowed
  }
}

function isOwn({ runs }: Pick<ArtifactRecord, 'runs'>, { run }: Access): boolean {
  return run !== undefined && runs.includes(run.runId)
}

function isUntrusted({ metadata }: ArtifactRecord): boolean {
  return (metadata as { readonly untrusted?: unknown } | undefined)?.untrusted === true
}

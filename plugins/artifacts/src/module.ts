import type {
  CallContext,
  Files,
  Permissions,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { decoded, encoded } from './content.ts'
import { exportTo } from './export.ts'
import { validators } from './generated/artifact.module.validate.js'
import { accessOf, Ownership } from './owned.ts'
import type { ArtifactRecord } from './record.ts'
import { metadataOf, rowOf } from './row.ts'
import type { Labels } from './row.ts'
import type { OpenStore } from './service.ts'
import type { Store } from './store.ts'
import { chunksOf, wholeOf } from './stream.ts'

interface Services {
  readonly permissions: Permissions
  readonly files: Files | undefined
  readonly open: OpenStore
}

interface Draft extends Labels {
  readonly name: string
  readonly content: Value
  readonly mime?: string
}

type Call<Args extends readonly unknown[]> = ScriptCall<Args>

/** The script module `Artifact`. */
export function artifactModule({ permissions, files, open }: Services): ScriptModuleHandlers {
  /** The record of an artifact that the run may use so. */
  const granted = async (
    fn: string,
    permission: 'read' | 'write',
    id: string,
    context: CallContext,
  ): Promise<readonly [Store, ArtifactRecord]> => {
    const store = await open()
    const record = await store.record(id)
    await new Ownership(permissions, store).require(permission, record, accessOf(context, fn))
    return [store, record]
  }
  return {
    validators,
    functions: {
      save: async ({ args: [draft], context }: Call<[Draft]>) => {
        // What is hidden from all that leaves the run is hidden from what outlives it.
        const { bytes, mime } = encoded(context.redact?.(draft.content) ?? draft.content)
        const facts = { name: draft.name, mime: draft.mime ?? mime, run: context.runId }
        const labels = permissions.labels(accessOf(context, 'save'))
        const store = await open()
        const metadata = metadataOf(draft, labels.has('untrusted'))
        return rowOf(await store.save(bytes, { ...facts, metadata }))
      },
      get: async ({ args: [id], context }: Call<[string]>) => {
        const [store, record] = await granted('get', 'read', id, context)
        const content = decoded(await wholeOf(store, record), record.mime)
        return { id: record.id, metadata: rowOf(record), content }
      },
      stream: async ({ args: [id], context }: Call<[string]>) => {
        const [store, record] = await granted('stream', 'read', id, context)
        return context.stream(chunksOf(store, record))
      },
      list: async ({ context }: Call<[]>) => {
        const store = await open()
        const ownership = new Ownership(permissions, store)
        const access = accessOf(context, 'list')
        const records = await store.records()
        return records.filter((record) => ownership.mayList(record, access)).map(rowOf)
      },
      delete: async ({ args: [id], context }: Call<[string]>) => {
        const [store, record] = await granted('delete', 'write', id, context)
        const own = record.runs.includes(context.runId)
        return own ? store.release(id, context.runId) : store.remove(id)
      },
      export: async ({ args: [id, path], context }: Call<[string, string]>) => {
        const [store, record] = await granted('export', 'read', id, context)
        return exportTo(files, path, store.read(record.id), accessOf(context, 'export'))
      },
    },
  }
}

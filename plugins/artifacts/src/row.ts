import type { ArtifactInfo, Value } from '@llmspell/sdk'

/** What a script says of a content beside its name. */
export interface Labels {
  readonly type?: string
  readonly tags?: readonly string[]
  readonly metadata?: Value
}

/** As the record keeps them. `untrusted`: the run that stores it has seen text from outside. */
export function metadataOf({ type, tags, metadata }: Labels, untrusted: boolean): Value {
  return {
    ...(untrusted ? { untrusted } : {}),
    ...(type === undefined ? {} : { type }),
    ...(tags === undefined ? {} : { tags }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

export interface Row {
  readonly [key: string]: Value
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly created: string
  readonly tags: readonly string[]
}

/** An artifact as scripts see it: without its content. */
export function rowOf(info: ArtifactInfo): Row {
  const { id, name, mime, bytes, created, run, session, sequence, metadata } = info
  const {
    type,
    tags = [],
    ...more
  } = (metadata ?? {}) as Labels & { readonly [key: string]: Value }
  const own = more['metadata']
  const rest = own === undefined ? more : own
  return {
    id,
    content_hash: id.slice(id.indexOf('-') + 1),
    name,
    mime,
    bytes,
    created,
    ...(run === undefined ? {} : { run_id: run }),
    ...(session === undefined ? {} : { session_id: session, sequence: sequence ?? 1 }),
    ...(type === undefined ? {} : { type }),
    tags,
    metadata: rest,
  }
}

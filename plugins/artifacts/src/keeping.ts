import { basename } from 'node:path'
import type { CallContext, Value } from '@llmspell/sdk'
import { encoded } from './content.ts'
import { noFiles } from './errors.ts'
import { Held } from './held.ts'
import type { SessionArg } from './held.ts'
import type { Services } from './module.ts'
import { accessOf } from './owned.ts'
import { metadataOf, rowOf } from './row.ts'
import type { Labels, Row } from './row.ts'
import type { Content } from './writer.ts'

export interface Draft extends Labels {
  readonly name: string
  readonly content: Value
  readonly mime?: string
  readonly session?: SessionArg
}

interface Facts extends Omit<Draft, 'content' | 'session'> {
  readonly mime: string
  readonly session: string | undefined
}

/** What scripts store. */
export class Keeping {
  readonly #services: Services
  readonly #held: Held

  constructor(services: Services) {
    this.#services = services
    this.#held = new Held(services.permissions)
  }

  async save(
    { session: given, content, ...draft }: Draft,
    fn: string,
    context: CallContext,
  ): Promise<Row> {
    const session = await this.#held.session(given, fn, true, context)
    // What is hidden from all that leaves the run is hidden from what outlives it.
    const { bytes, mime } = encoded(context.redact?.(content) ?? content)
    return this.#keep(bytes, { ...draft, mime: draft.mime ?? mime, session }, fn, context)
  }

  store(args: readonly unknown[], context: CallContext): Promise<Row> {
    const [session, type, name, content, metadata] = args as [
      SessionArg,
      string,
      string,
      Value,
      Value?,
    ]
    const more = metadata === undefined ? {} : { metadata }
    return this.save({ session, type, name, content, ...more }, 'store', context)
  }

  /** The bytes of a file as they are, in flat memory. */
  async storeFile(args: readonly unknown[], context: CallContext): Promise<Row> {
    const [given, path, type, metadata] = args as [SessionArg, string, string, Value?]
    const { files } = this.#services
    if (!files) throw noFiles('store_file')
    const session = await this.#held.session(given, 'store_file', true, context)
    await using file = await files.open(path, accessOf(context, 'store_file'), {
      maxBytes: Number.MAX_SAFE_INTEGER,
    })
    const more = metadata === undefined ? {} : { metadata }
    const facts = { name: basename(file.path), type, mime: OCTETS, session, ...more }
    // Waited for here: the file is closed behind it.
    return await this.#keep(file.read(), facts, 'store_file', context)
  }

  async #keep(
    content: Content,
    { name, mime, session, ...labels }: Facts,
    fn: string,
    context: CallContext,
  ): Promise<Row> {
    const { permissions, open } = this.#services
    const untrusted = permissions.labels(accessOf(context, fn)).has('untrusted')
    const metadata = metadataOf(labels, untrusted)
    const placed = session === undefined ? {} : { session }
    const facts = { name, mime, run: context.runId, ...placed, metadata }
    return rowOf(await (await open()).save(content, facts))
  }
}

const OCTETS = 'application/octet-stream'

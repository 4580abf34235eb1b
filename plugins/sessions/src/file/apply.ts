import type { AdoptedRun, StateOp, Value } from '@llmspell/sdk'
import { stateOf } from '../store.ts'
import type { Checked } from './check.ts'
import { damagedFile } from './format.ts'
import type { Item, RecordBody, RunHead } from './format.ts'
import { partsIn } from './read.ts'
import { stripped } from './run-items.ts'
import type { Sources } from './write.ts'

const AT_ONCE = 200
/** What comes from elsewhere is text from outside to whoever reads it. */
const UNTRUSTED = 'untrusted'

/**
 * Puts what was checked in its places, the session itself last. What fails takes back its state and its artifacts; runs stay,
 * and are known when it is tried again.
 */
export async function apply(
  sources: Sources,
  source: AsyncIterable<Uint8Array>,
  checked: Checked,
): Promise<void> {
  const applying = new Applying(sources, checked)
  try {
    const parts = partsIn(source)
    for (let next = await parts.next(); ; next = await parts.next()) {
      if (!next.done) {
        await applying.take(next.value.item, next.value.content)
        continue
      }
      if (next.value !== checked.sha256) throw damagedFile('another file than a moment ago')
      break
    }
    await applying.end()
  } catch (error) {
    await sources.store.remove(checked.info.id)
    throw error
  }
}

class Applying {
  readonly #sources: Sources
  readonly #checked: Checked
  #ops: StateOp[] = []
  #run: { readonly head: RunHead; readonly records: RecordBody[] } | undefined

  constructor(sources: Sources, checked: Checked) {
    this.#sources = sources
    this.#checked = checked
  }

  async take(item: Item, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (item.kind === 'record') {
      this.#run?.records.push(stripped(item.body, this.#checked.info.id))
      return
    }
    await this.#adopted()
    if (item.kind === 'run') this.#run = { head: item.run, records: [] }
    if (item.kind === 'blob') await this.#sources.executor!.blobs.put(await wholeOf(content))
    if (item.kind === 'state') await this.#state(item, content)
    if (item.kind === 'artifact') await this.#artifact(item, content)
  }

  async end(): Promise<void> {
    await this.#adopted()
    await this.#flush()
    await this.#sources.store.add(this.#checked.info)
  }

  async #adopted(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    if (!run || !this.#checked.fresh.has(run.head.runId)) return
    const adopted: AdoptedRun = { ...run.head, records: run.records }
    await this.#sources.executor!.adopt(adopted)
  }

  async #state(
    { key, value, length, expiresAt }: Extract<Item, { kind: 'state' }>,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const ttlMs = expiresAt === undefined ? undefined : expiresAt - Date.now()
    const kept = length === undefined ? value! : await wholeOf(content)
    if (ttlMs !== undefined && ttlMs <= 0) return
    this.#ops.push({
      op: 'put',
      scope: stateOf(this.#checked.info.id),
      key,
      value: kept,
      schema: UNTRUSTED,
      ...(ttlMs === undefined ? {} : { ttlMs }),
    })
    if (this.#ops.length >= AT_ONCE) await this.#flush()
  }

  async #flush(): Promise<void> {
    const ops = this.#ops
    this.#ops = []
    if (ops.length > 0) await this.#sources.store.commit(ops)
  }

  async #artifact(
    { info }: Extract<Item, { kind: 'artifact' }>,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const { id: _id, name, mime, run, created, sequence, metadata } = info
    await this.#sources.artifacts!.save(content, {
      name,
      mime,
      ...(run === undefined ? {} : { run }),
      session: this.#checked.info.id,
      metadata: { ...(metadata as { readonly [key: string]: Value }), untrusted: true },
      kept: { sequence: sequence!, created },
    })
  }
}

async function wholeOf(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(content))
}

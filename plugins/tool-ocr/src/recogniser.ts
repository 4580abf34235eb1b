import { SpellError } from '@llmspell/sdk'
import type { ToolCall } from '@llmspell/sdk'
import type { Page, Worker } from 'tesseract.js'
import { languageFolder } from './data.ts'
import { unreadable } from './errors.ts'
import type { OcrConfig } from './generated/config.ts'
import { loadLibrary } from './library.ts'

interface Asked {
  readonly call: Pick<ToolCall, 'signal'>
  readonly lines: boolean
}

/** One recogniser in a thread of its own, kept for a while for the next page of the same languages. */
export class Recogniser {
  readonly #config: OcrConfig
  #loaded: { readonly languages: string; readonly worker: Promise<Worker> } | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined

  constructor(config: OcrConfig) {
    this.#config = config
  }

  /**
   * Pages are read one after the other.
   * @throws OCR_FAILED, NOT_AVAILABLE; the reason of the call's signal
   */
  read(bytes: Uint8Array, languages: readonly string[], asked: Asked): Promise<Page> {
    const page = this.#turn.then(() => this.#read(bytes, languages, asked))
    this.#turn = page.catch(() => undefined)
    return page
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    clearTimeout(this.#idle)
    const loaded = this.#loaded
    this.#loaded = undefined
    const worker = await loaded?.worker.catch(() => undefined)
    await worker?.terminate()
  }

  async #read(
    bytes: Uint8Array,
    languages: readonly string[],
    { call: { signal }, lines }: Asked,
  ): Promise<Page> {
    signal.throwIfAborted()
    clearTimeout(this.#idle)
    const left = Promise.withResolvers<never>()
    const leave = (): void => left.reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    try {
      const worker = await Promise.race([this.#worker(languages), left.promise])
      const job = worker.recognize(Buffer.from(bytes), {}, { text: true, blocks: lines })
      return (await Promise.race([job, left.promise])).data
    } catch (error) {
      await this.close()
      throw signal.aborted ? signal.reason : failureOf(error)
    } finally {
      signal.removeEventListener('abort', leave)
      left.promise.catch(() => undefined)
      this.#rest()
    }
  }

  #worker(languages: readonly string[]): Promise<Worker> {
    const key = languages.join('+')
    if (this.#loaded?.languages === key) return this.#loaded.worker
    const worker = this.close().then(() => start(languages, this.#config))
    this.#loaded = { languages: key, worker }
    return worker
  }

  #rest(): void {
    this.#idle = setTimeout(() => void this.close(), this.#config.idleMs)
    this.#idle.unref()
  }
}

async function start(languages: readonly string[], config: OcrConfig): Promise<Worker> {
  const { createWorker, OEM } = await loadLibrary()
  await using folder = await languageFolder(languages, config)
  return await createWorker([...languages], OEM.LSTM_ONLY, {
    langPath: folder.path,
    gzip: true,
    cacheMethod: 'none',
    // Without this the library throws in a callback of its own, which ends the process.
    errorHandler: () => undefined,
  })
}

function failureOf(error: unknown): SpellError {
  return error instanceof SpellError ? error : unreadable(error)
}

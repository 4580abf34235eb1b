import type { Access, Files, Http, Media, MediaKind, Permissions } from '@llmspell/sdk'
import { tooLarge, unavailable } from './errors.ts'
import { factsOf } from './facts.ts'
import type { Claim, Facts } from './facts.ts'
import { kindOf, mimeOfName, plainMime, UNKNOWN } from './mime.ts'

/** What contents are read with. */
export interface Means {
  readonly files: Files
  readonly http: Http
  readonly permissions: Permissions
  /** Most bytes of one content that is read as a whole. */
  readonly maxBytes: number
}

/** Enough to know a format by. */
const HEAD = 64 * 1024

/** One way to a content: what it is, and its bytes under somebody's permissions. */
export abstract class Content implements Media {
  readonly name?: string
  readonly #max: number
  #facts: Facts

  constructor(max: number, facts: Facts, name: string | undefined) {
    this.#max = max
    this.#facts = facts
    if (name !== undefined && name !== '') this.name = name
  }

  /** For texts: `File 'a.png'`. */
  abstract readonly label: string
  /** In bytes, if that is known. */
  abstract readonly bytes?: number | undefined
  /** The content in pieces. @throws what opening the file or asking the address throws */
  abstract pieces(access: Access): AsyncIterable<Uint8Array>
  protected abstract claim(): Claim | undefined

  get kind(): MediaKind {
    return this.#facts.kind
  }

  get mime(): string {
    return this.#facts.mime
  }

  get width(): number | undefined {
    return this.#facts.width
  }

  get height(): number | undefined {
    return this.#facts.height
  }

  get format(): string | undefined {
    return this.#facts.format
  }

  async read(access: Access, maxBytes = this.#max, hint?: string): Promise<Uint8Array> {
    const max = Math.min(maxBytes, this.#max)
    const known = this.bytes
    if (known !== undefined && known > max) throw tooLarge(this.label, max, known, hint)
    const taken: Uint8Array[] = []
    let size = 0
    for await (const piece of this.pieces(access)) {
      size += piece.length
      if (size > max) throw tooLarge(this.label, max, undefined, hint)
      taken.push(piece)
    }
    return this.seen(taken.length === 1 ? taken[0]! : Buffer.concat(taken))
  }

  /** Looks at the beginning. @throws MEDIA_MISMATCH and what reading throws */
  async look(access: Access): Promise<void> {
    const taken: Uint8Array[] = []
    let size = 0
    for await (const piece of this.pieces(access)) {
      taken.push(piece)
      size += piece.length
      if (size >= HEAD) break
    }
    this.seen(Buffer.concat(taken), size >= HEAD)
  }

  protected seen(bytes: Uint8Array, cut = false): Uint8Array {
    this.#facts = factsOf(bytes, this.claim(), cut)
    return bytes
  }
}

const claimOf = (name: string): Claim | undefined => {
  const mime = mimeOfName(name)
  return mime === undefined ? undefined : { mime, by: `the name '${name}'` }
}

/** What is said of a content before it was looked at. */
const unseen = (claim: Claim | undefined): Facts => {
  const mime = claim ? plainMime(claim.mime) : UNKNOWN
  return { kind: kindOf(mime), mime }
}

/** Bytes that are there already. */
export class HeldContent extends Content {
  readonly label = 'The content'
  readonly #content: Uint8Array
  readonly #mime: string | undefined

  /** @throws MEDIA_MISMATCH */
  constructor(content: Uint8Array, mime: string | undefined, max: number, name?: string) {
    const claim = mime === undefined ? undefined : { mime, by: 'its type' }
    super(max, factsOf(content, claim), name)
    this.#content = content
    this.#mime = mime
  }

  get bytes(): number {
    return this.#content.length
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    yield this.#content
  }

  protected claim(): Claim | undefined {
    return this.#mime === undefined ? undefined : { mime: this.#mime, by: 'its type' }
  }
}

/** A file that is opened when somebody reads it, under that one's grants. */
export class FileContent extends Content {
  readonly label: string
  readonly bytes: number | undefined
  readonly #path: string
  readonly #files: Files

  constructor(path: string, size: number | undefined, { files, maxBytes }: Means) {
    const name = path.split(/[/\\]/).at(-1)!
    super(maxBytes, unseen(claimOf(name)), name)
    this.label = `File '${path}'`
    this.bytes = size
    this.#path = path
    this.#files = files
  }

  async *pieces(access: Access): AsyncGenerator<Uint8Array> {
    await using file = await this.#files.open(this.#path, access)
    yield* file.read()
  }

  protected claim(): Claim | undefined {
    return claimOf(this.name ?? '')
  }
}

/** An address that is asked each time somebody reads it, under that one's grants. */
export class WebContent extends Content {
  readonly label: string
  readonly bytes = undefined
  readonly url: string
  readonly #means: Means
  #said: Claim | undefined

  constructor(url: URL, means: Means) {
    const name = lastName(url)
    super(means.maxBytes, unseen(claimOf(name)), name)
    this.label = `The content of '${url.href}'`
    this.url = url.href
    this.#means = means
  }

  async *pieces(access: Access): AsyncGenerator<Uint8Array> {
    const { http, permissions } = this.#means
    await using answer = await http.request({ url: this.url }, access)
    if (answer.status !== 200) throw unavailable(this.url, answer.status)
    permissions.mark('untrusted', access)
    const type = plainMime(answer.headers['content-type'] ?? UNKNOWN)
    this.#said = type === UNKNOWN ? undefined : { mime: type, by: `the server of '${this.url}'` }
    yield* answer.body
  }

  protected claim(): Claim | undefined {
    return this.#said ?? claimOf(this.name ?? '')
  }
}

function lastName({ pathname }: URL): string {
  const last = pathname.split('/').at(-1)!
  try {
    return decodeURIComponent(last).replaceAll(/[/\\\p{Cc}]/gu, '_')
  } catch {
    return last
  }
}

import { SpellError, printable } from '@llmspell/sdk'

/** Bytes in portions to pieces of text that can be joined. */
export interface BodyDecoder {
  push(bytes: Uint8Array): string
  end(): string
}

/** @throws HTTP_CHARSET */
export function decoderOf(
  encoding: 'text' | 'base64',
  type: string | undefined,
  start: Uint8Array,
): BodyDecoder {
  return encoding === 'base64'
    ? new Base64()
    : new Text(marked(start) ?? charsetOf(type) ?? 'utf-8')
}

class Text implements BodyDecoder {
  readonly #decoder: InstanceType<typeof TextDecoder>

  constructor(charset: string) {
    try {
      this.#decoder = new TextDecoder(charset)
    } catch {
      const text = `The charset '${printable(charset, 40)}' of the answer is not known.`
      throw new SpellError('HTTP_CHARSET', text, { hint: "Ask for it with response 'base64'." })
    }
  }

  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true })
  }

  end(): string {
    return this.#decoder.decode()
  }
}

/** Groups of three bytes, so that the pieces can be joined. */
class Base64 implements BodyDecoder {
  #rest: Uint8Array = new Uint8Array()

  push(bytes: Uint8Array): string {
    const all = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const whole = all.byteLength - (all.byteLength % 3)
    this.#rest = all.slice(whole)
    return Buffer.from(all.subarray(0, whole)).toString('base64')
  }

  end(): string {
    return Buffer.from(this.#rest).toString('base64')
  }
}

function marked([a, b, c]: Uint8Array): string | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  return a === 0xfe && b === 0xff ? 'utf-16be' : undefined
}

function charsetOf(type: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]{1,64})/i.exec(type ?? '')?.[1]
}

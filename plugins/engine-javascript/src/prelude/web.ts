/** The guest's URL, URLSearchParams, TextEncoder and TextDecoder: the work is done by the host, on plain data. */
export const WEB_PART = /* js */ String.raw`
const { dataOf, parse, stringify, define, isArray } = kit
const { inRoom } = kit.part('trees')
const plain = (ask) => { try { return dataOf(ask()) } catch (error) { throw new TypeError(error.message) } }
const PARTS = ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash']

class URLSearchParams {
  #pairs; #changed
  constructor(init = '', changed = () => {}) {
    this.#changed = changed
    if (typeof init === 'object' && init !== null) this.#pairs = Array.from(init[Symbol.iterator] ? init : Object.entries(init), ([key, value]) => [String(key), String(value)])
    else this.#pairs = plain(() => host.query('parse', stringify(String(init))))
  }
  #set(pairs) { this.#pairs = pairs; this.#changed(this.toString()) }
  get size() { return this.#pairs.length }
  append(key, value) { this.#set([...this.#pairs, [String(key), String(value)]]) }
  delete(key, value) { this.#set(this.#pairs.filter(([k, v]) => k !== String(key) || (value !== undefined && v !== String(value)))) }
  get(key) { return this.#pairs.find(([k]) => k === String(key))?.[1] ?? null }
  getAll(key) { return this.#pairs.filter(([k]) => k === String(key)).map(([, v]) => v) }
  has(key, value) { return this.#pairs.some(([k, v]) => k === String(key) && (value === undefined || v === String(value))) }
  set(key, value) {
    const at = this.#pairs.findIndex(([k]) => k === String(key))
    if (at < 0) return this.append(key, value)
    this.#set(this.#pairs.map((pair, i) => i === at ? [String(key), String(value)] : pair).filter(([k], i) => i <= at || k !== String(key)))
  }
  sort() { this.#set([...this.#pairs].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)) }
  forEach(fn, self) { for (const [key, value] of this.#pairs) fn.call(self, value, key, this) }
  *entries() { for (const [key, value] of this.#pairs) yield [key, value] }
  *keys() { for (const [key] of this.#pairs) yield key }
  *values() { for (const [, value] of this.#pairs) yield value }
  [Symbol.iterator]() { return this.entries() }
  toString() { return plain(() => host.query('text', stringify(this.#pairs))) }
}

class URL {
  #parts; #params
  constructor(url, base) { this.#parts = plain(() => host.url(stringify([String(url), base === undefined ? null : String(base)]))) }
  static canParse(url, base) { try { return Boolean(new URL(url, base)) } catch { return false } }
  static parse(url, base) { try { return new URL(url, base) } catch { return null } }
  get href() { return this.#parts.href }
  set href(value) { this.#parts = new URL(value).#parts; this.#params = undefined }
  get origin() { return this.#parts.origin }
  get searchParams() {
    return this.#params ??= new URLSearchParams(this.#parts.search, (text) => this.#change('search', text))
  }
  #change(part, value) { this.#parts = plain(() => host.url(stringify([this.#parts.href, null, part, String(value)]))) }
  toString() { return this.href }
  toJSON() { return this.href }
  static {
    for (const part of PARTS) {
      define(URL.prototype, part, {
        get() { return this.#parts[part] },
        set(value) { this.#change(part, value); if (part === 'search') this.#params = undefined },
        enumerable: true, configurable: true,
      })
    }
  }
}

class TextEncoder {
  get encoding() { return 'utf-8' }
  encode(text = '') { return new Uint8Array(host.encodeText(stringify(String(text)))) }
}
class TextDecoder {
  #fatal; #ignoreBOM
  constructor(label = 'utf-8', options = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError("Only 'utf-8' is known, found '" + label + "'.")
    this.#fatal = Boolean(options.fatal)
    this.#ignoreBOM = Boolean(options.ignoreBOM)
  }
  get encoding() { return 'utf-8' }
  get fatal() { return this.#fatal }
  get ignoreBOM() { return this.#ignoreBOM }
  decode(bytes = new Uint8Array()) {
    const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes)
    const { id, room } = inRoom(view)
    return plain(() => host.decodeText(room && id, this.#fatal ? '1' : '', this.#ignoreBOM ? '1' : ''))
  }
}
return { URL, URLSearchParams, TextEncoder, TextDecoder }
`

const MARKS: readonly (readonly [string, string])[] = [
  ['efbbbf', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
]
const LOOKED_AT = 4096
const META = /<meta[^>]{0,512}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i
const HEADER = /;\s*charset\s*=\s*["']?([\w.:-]{1,40})/i

export interface Decoded {
  readonly text: string
  readonly charset: string
}

/**
 * Bytes of a page as text: by byte order mark, the type, a meta element. Where bytes do not fit what is said they are:
 * UTF-8 if they are that, else windows-1252, which fits everything.
 */
export function decode(bytes: Uint8Array, type: string | undefined): Decoded {
  const marked = markOf(bytes)
  if (marked) return { text: new TextDecoder(marked).decode(bytes), charset: marked }
  const said = known(HEADER.exec(type ?? '')?.[1]) ?? known(metaOf(bytes))
  const utf8 = said === undefined || said === 'utf-8' || said === 'windows-1252'
  const strict = utf8 ? strictly(bytes) : undefined
  // A page that says Latin-1 and is nothing but UTF-8 is the commoner mistake.
  if (strict !== undefined) return { text: strict, charset: 'utf-8' }
  const charset = said === undefined || said === 'utf-8' ? 'windows-1252' : said
  return { text: new TextDecoder(charset).decode(bytes), charset }
}

function markOf(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 3)).toString('hex')
  return MARKS.find(([mark]) => start.startsWith(mark))?.[1]
}

function metaOf(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, LOOKED_AT)).toString('latin1')
  const name = META.exec(start)?.[1]
  // What was read byte by byte cannot be two bytes wide.
  return /^utf-?16/i.test(name ?? '') ? 'utf-8' : name
}

/** The name of the standard; undefined for one that it does not know, or that decodes to nothing. */
function known(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  try {
    return new TextDecoder(name).encoding
  } catch {
    return undefined
  }
}

function strictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

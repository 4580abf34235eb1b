const MAX_BYTES = 1024
const MAX_NAME_BYTES = 255
const MAX_DEPTH = 64
const DEVICE = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$)(?:\.|$)/i
// Control characters, those that turn the direction of text, and what a wrong decoder leaves.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\uFFFD]/u

/** A name that is too long anyway as a copy of its beginning: a slice would hold all of it. */
export function cut(name: string): string {
  return name.length <= MAX_BYTES ? name : Buffer.from(name.slice(0, MAX_BYTES + 1)).toString()
}

/** A name of an archive as a path below some folder, or why it is none. */
export type Name = { readonly path: string } | { readonly fault: string }

/** Nothing is repaired, but `.` and empty parts are left out, as every archiver does. */
export function nameOf(name: string): Name {
  if (name === '') return { fault: 'has no name' }
  if (Buffer.byteLength(name) > MAX_BYTES) return { fault: `has a name of over ${MAX_BYTES} bytes` }
  if (name.startsWith('/')) return { fault: 'is an absolute path' }
  if (/^[A-Za-z]:/.test(name)) return { fault: 'names a drive' }
  if (name.includes('\\')) return { fault: "has a '\\' in its name" }
  if (HIDDEN.test(name)) return { fault: 'has a hidden or broken character in its name' }
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.length > MAX_DEPTH) return { fault: `lies more than ${MAX_DEPTH} folders deep` }
  const fault = parts.map(partFault).find((found) => found !== undefined)
  return fault === undefined ? { path: parts.join('/') } : { fault }
}

function partFault(part: string): string | undefined {
  if (part === '..') return "leads out of the folder by '..'"
  if (Buffer.byteLength(part) > MAX_NAME_BYTES) return 'has a part of over 255 bytes in its name'
  if (part.includes(':')) return "has a ':' in its name"
  if (/[. ]$/.test(part)) return 'has a part that ends in a dot or blank'
  return DEVICE.test(part) ? 'has the name of a device of Windows' : undefined
}

/** The same for names that some file system takes for one: letter case and composed letters. */
export function twinKey(path: string): string {
  return path.normalize('NFKC').toUpperCase().toLowerCase()
}

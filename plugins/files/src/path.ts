import { printable } from '@llmspell/sdk'
import { pathInvalid } from './errors.ts'

const MAX_BYTES = 4096
const MAX_NAME_BYTES = 255
const MAX_NAMES = 256
const DEVICE = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$)(?:\.|$)/i

/**
 * Refuses what is no portable name, before anything is opened. Nothing is decoded: `..%2f` and `．．`
 * are names like others.
 *
 * @throws PATH_INVALID
 */
export function checkPath(path: string): void {
  const fault = wholeFault(path) ?? namesFault(path)
  if (fault) throw pathInvalid(path, fault.expected, fault.found)
}

interface Fault {
  readonly expected: string
  readonly found: string
}

function wholeFault(path: string): Fault | undefined {
  const fault = (expected: string, found: string): Fault => ({ expected, found })
  if (path === '') return fault('the name of a file', 'nothing')
  if (path.includes('\0')) return fault('a name', 'a NUL character')
  if (!path.isWellFormed()) return fault('well-formed text', 'half of a surrogate pair')
  if (Buffer.byteLength(path) > MAX_BYTES) return fault(`at most ${MAX_BYTES} bytes`, 'more')
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path) || /^file:/i.test(path)) return fault('a path', 'a URL')
  if (path.startsWith('~')) return fault("a path without '~', which is not expanded", "a '~'")
  if (/^[\\/]{2}[^\\/]+[\\/]/.test(path) && path.includes('\\'))
    return fault('a path', 'a network share')
  return undefined
}

function namesFault(path: string): Fault | undefined {
  const names = path.replace(hostDrive(), '').split('/').filter(Boolean)
  if (names.length > MAX_NAMES) {
    return { expected: `at most ${MAX_NAMES} names`, found: String(names.length) }
  }
  for (const name of names) {
    const fault = nameFault(name)
    if (fault) return { ...fault, found: `${fault.found} in '${printable(name, 60)}'` }
  }
  return undefined
}

function nameFault(name: string): Fault | undefined {
  if (name === '.' || name === '..') return undefined
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    return { expected: `names of at most ${MAX_NAME_BYTES} bytes`, found: 'more' }
  }
  if (name.includes(':')) return { expected: "names without ':'", found: "a ':'" }
  if (/[. ]$/.test(name))
    return { expected: 'names that do not end in a dot or blank', found: 'one' }
  if (DEVICE.test(name)) return { expected: 'the name of a file', found: 'a device of Windows' }
  return undefined
}

/** `C:\` starts an absolute path on Windows only; everywhere else, and in `C:rel`, the colon is refused. */
function hostDrive(): RegExp {
  return process.platform === 'win32' ? /^[a-z]:(?=[\\/])/i : /^(?!)/
}

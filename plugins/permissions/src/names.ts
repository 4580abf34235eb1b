const SECRET =
  /KEY|TOKEN|SECRET|PASS|CREDENTIAL|_DSN$|^DATABASE_URL$|^AWS_|^GOOGLE_APPLICATION_CREDENTIALS$/

/** Exact, `*`, or a prefix before a final `*`. */
export function matchesName(grant: string, target: string): boolean {
  if (!grant.endsWith('*')) return grant === target
  return target.startsWith(grant.slice(0, -1))
}

/** A bare `*` leaves out names that look like secrets: those must be named, at least by a prefix. */
export function matchesEnv(grant: string, target: string): boolean {
  if (target === '' || /[=\0]/.test(target)) return false
  if (/^\*+$/.test(grant)) return !SECRET.test(target.toUpperCase())
  return matchesName(grant, target)
}

/**
 * `git` covers the program with any arguments, `git log` those exact words, `git log *` these words
 * and whatever follows them.
 */
export function matchesProgram(grant: string, target: string): boolean {
  const words = grant.trim().split(/\s+/)
  if (grant === '*') return true
  const open = words.length === 1 || words.at(-1) === '*'
  const fixed = (words.length > 1 && open ? words.slice(0, -1) : words).join(' ')
  return target === fixed || (open && target.startsWith(`${fixed} `))
}

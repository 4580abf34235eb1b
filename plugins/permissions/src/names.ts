import { isShellCommand } from './shells.ts'

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
 * `git` covers the program with any arguments, `git log` those exact words, `git log *` these words and any values
 * after them, `git log --*` any options too. A bare `*` is any program but a shell.
 */
export function matchesProgram(grant: string, target: string): boolean {
  if (grant.trim() === '*') return !isShellCommand(target)
  const { fixed, rest } = patternOf(grant)
  if (target === fixed) return true
  if (rest === 'none' || !target.startsWith(`${fixed} `)) return false
  return rest === 'any' || wordsOf(target.slice(fixed.length + 1)).every((word) => !isOption(word))
}

/** As `matchesProgram`, but every star takes options, and shells: a deny must not fail open there. */
export function deniesProgram(grant: string, target: string): boolean {
  if (grant.trim() === '*') return true
  const { fixed, rest } = patternOf(grant)
  return target === fixed || (rest !== 'none' && target.startsWith(`${fixed} `))
}

/** The pattern that would take the options too, where they are all that it refuses. */
export function withOptions(grant: string, target: string): string | undefined {
  const { fixed, rest } = patternOf(grant)
  const refused = rest === 'values' && deniesProgram(grant, target)
  return refused && !matchesProgram(grant, target) ? `${fixed} --*` : undefined
}

interface Pattern {
  readonly fixed: string
  /** What may follow the words that are fixed. */
  readonly rest: 'none' | 'values' | 'any'
}

function patternOf(grant: string): Pattern {
  const words = grant.trim().split(/\s+/)
  if (words.length === 1) return { fixed: words[0]!, rest: 'any' }
  const rest = RESTS[words.at(-1)!] ?? 'none'
  return { fixed: (rest === 'none' ? words : words.slice(0, -1)).join(' '), rest }
}

const RESTS: Readonly<Record<string, Pattern['rest']>> = { '*': 'values', '--*': 'any' }

/** One word in quotes is one word. */
function wordsOf(text: string): readonly string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []
}

function isOption(word: string): boolean {
  return /^"?-/.test(word)
}

import { looksLikeKey } from '@llmspell/sdk'

/** A rule that is matched in the text as it is. */
export interface SecretRule {
  readonly name: string
  readonly words: readonly string[]
  readonly pattern: string
  /** The group that is the secret. */
  readonly group: number
  /** Whether what was found is one, and no placeholder. */
  readonly isOne?: (found: string) => boolean
}

const PLACEHOLDER =
  /^(?:<.*>?|\$.*|\{.*|%.*|\[.*|(?:secret|env):.*|process\.env.*|os\.(?:environ|getenv).*|x{4,}.*|\*+.*|\.{3,}|your.*|my[-_ ].*|(?:change|replace)[-_]?me.*|.*(?:example|placeholder|dummy|redacted|undefined|required|string).*|null|none)$/i

const hasDigit = (found: string): boolean => /\d/.test(found) && /[A-Za-z]/.test(found)
const isReal = (found: string): boolean => !PLACEHOLDER.test(found)

/** `ghp_` and the like, with what follows as random as keys are. */
const isKey = (found: string): boolean => hasDigit(found) && isReal(found) && looksLikeKey(found)

export const SECRETS: readonly SecretRule[] = [
  {
    name: 'secret.key',
    words: ['-', '_'],
    pattern: String.raw`\b((?:sk|pk|rk|gsk|xai|hf|npm|glpat|ghp|gho|ghu|ghs|ghr|github_pat|xox[a-z]|shpat|dop_v1|r8|pplx|tvly|whsec)[-_][\w-]{16,})`,
    group: 1,
    isOne: isKey,
  },
  {
    name: 'secret.key',
    words: ['AKIA', 'ASIA', 'AIza', 'eyJ'],
    pattern: String.raw`\b((?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)`,
    group: 1,
    isOne: isReal,
  },
  {
    name: 'secret.pem',
    words: ['PRIVATE KEY'],
    pattern: String.raw`(-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----[A-Za-z0-9+/=\s\\:,]*(?:-----END (?:[A-Z]+ ){0,3}PRIVATE KEY-----)?)`,
    group: 1,
  },
  {
    name: 'secret.assigned',
    words: ['=', ':'],
    pattern: String.raw`(?i)(?:api[_-]?key|secret|token|password|passwd|pwd|access[_-]?key|auth[_-]?key|private[_-]?key)["']?\s{0,3}[:=]\s{0,3}["']?([^\s"',;]{10,})`,
    group: 1,
    isOne: (found) => hasDigit(found) && isReal(found) && !/^https?:/.test(found),
  },
  {
    name: 'secret.assigned',
    words: ['Bearer '],
    pattern: String.raw`\bBearer ([\w.~+/-]{20,}=*)`,
    group: 1,
    isOne: (found) => hasDigit(found) && isReal(found),
  },
  {
    name: 'secret.url',
    words: ['://'],
    pattern: String.raw`[a-z][a-z0-9+.-]*://[^/\s:@]{1,100}:([^/\s:@]{3,200})@`,
    group: 1,
    isOne: isReal,
  },
]

/** Beginnings that issuers give their keys. */
const PREFIXES =
  /^(?:sk|pk|rk|gsk|xai|hf|npm|glpat|ghp|gho|ghu|ghs|ghr|github_pat|xox[a-z]|shpat|dop_v1|r8|pplx|tvly|whsec)[-_][\w-]{16,}$|^(?:AKIA|ASIA)[A-Z0-9]{16}$|^AIza[\w-]{30,}$|^eyJ[\w-]{8,}\.[\w-]+\.[\w-]*$/
/** As variables of the environment are called. */
const VARIABLE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/
const LONG = 32
/** Bits a character: names made of words stay below, random letters and digits do not. */
const DENSE = 3.5

/** Whether a text that should be the name of a secret looks like a secret itself: it must not be shown anywhere. */
export function looksLikeKey(text: string): boolean {
  const bare = text.replace(/^(?:secret:|env:)+/, '').replace(/^Bearer /i, '')
  if (PREFIXES.test(bare)) return true
  if (bare.length < LONG || /\s/.test(bare) || VARIABLE.test(bare)) return false
  return /\d/.test(bare) && /[A-Za-z]/.test(bare) && !isWords(bare) && entropyOf(bare) > DENSE
}

/** `OPENAI_API_KEY_FOR_PROJECT_2`, `my-team.staging.api-key-1`: parts of letters, or of digits. */
function isWords(text: string): boolean {
  return text
    .split(/[-_.]/)
    .every((part) => /^(?:[A-Za-z]{0,20}|\d{1,4}|[A-Za-z]{1,12}\d{1,2})$/.test(part))
}

function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  const shares = [...counts.values()].map((count) => count / text.length)
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0)
}

const SECRET =
  /(?:^|_)(?:password|passwd|passphrase|token|api_?key|private_key|access_key|authorization|secret|cookie|credentials?)$/
/** A reference says where a secret is, not what it is. */
const REFERENCE = /^(?:env:\w+|secret:[\w.:-]+)$/

const known = new Map<string, boolean>()
const MOST_KNOWN = 2000

/** Whether a key such as `apiKey` or `set-cookie` names something secret. */
export function isSecretName(key: string): boolean {
  const before = known.get(key)
  if (before !== undefined) return before
  const words = key.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').replaceAll(/[-. ]/g, '_')
  const found = SECRET.test(words.toLowerCase())
  if (known.size < MOST_KNOWN) known.set(key, found)
  return found
}

/** What a journal or log keeps of a text under such a key. */
export function maskedText(text: string): string {
  return text === '' || REFERENCE.test(text) ? text : '***'
}

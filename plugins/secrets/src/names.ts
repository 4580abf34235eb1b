import { looksLikeKey, printable, SpellError } from '@llmspell/sdk'

/** A name taken apart: of the environment (and `.env`), or of the encrypted file. */
export interface SecretName {
  readonly kind: 'env' | 'file'
  /** Without its prefix. */
  readonly key: string
  /** As lists and grants have it: `env:NAME`, or the plain name. */
  readonly name: string
}

const ENV = /^[A-Za-z_]\w{0,254}$/
const FILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/

/** @param text `env:NAME`, `secret:name` or a plain name. @throws SECRET_UNKNOWN */
export function readName(text: string): SecretName {
  if (looksLikeKey(text)) throw literalKey()
  const rest = text.startsWith('secret:') ? text.slice('secret:'.length) : text
  const isEnv = rest.startsWith('env:')
  const key = isEnv ? rest.slice('env:'.length) : rest
  if ((isEnv ? ENV : FILE).test(key)) return { kind: isEnv ? 'env' : 'file', key, name: rest }
  const shown = printable(text.slice(0, 80))
  throw new SpellError(
    'SECRET_UNKNOWN',
    `Secret '${shown}' is no name: expected letters, digits and . _ -, or env:NAME.`,
    { hint: "Write it like 'github' or 'env:GITHUB_TOKEN'." },
  )
}

/** What stands for the value wherever it would be seen. */
export function labelOf({ name }: SecretName): string {
  return `secret:${name}`
}

/** Says nothing of the text: it may be the secret itself. */
function literalKey(): SpellError {
  return new SpellError(
    'SECRET_UNKNOWN',
    'What was given as the name of a secret looks like a key itself: expected a name, found a value.',
    {
      hint: "Name a secret, such as 'github' or 'env:GITHUB_TOKEN': see llmspell secret set --help.",
    },
  )
}

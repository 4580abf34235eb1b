import { SpellError } from '@llmspell/sdk'

const NOTHING = 'Nothing was touched.'

/** @param name what is sealed, for texts: `The store 'level'` */
export function wrongKey(name: string, expected: string, found: string): SpellError {
  return new SpellError(
    'STATE_SEALED',
    `${name} is sealed under another key: expected '${expected}', found '${found}'. ${NOTHING}`,
    {
      hint: "Name the right secret at 'plugins.state.encryption.key', or the one before it in 'old'.",
    },
  )
}

export function unmarked(name: string): SpellError {
  return new SpellError(
    'STATE_SEALED',
    `${name} is not sealed: expected a mark that the key signed, found entries without one. ${NOTHING}`,
    {
      hint:
        "If you vouch for what is in it, set 'plugins.state.encryption.accept_plain' to true, run " +
        "'llmspell state migrate', and take it away again.",
    },
  )
}

export function stillPlain(name: string): SpellError {
  return new SpellError(
    'STATE_SEALED',
    `${name} holds values that are not sealed: expected 'accept_plain = true', found none. ${NOTHING}`,
    {
      hint:
        "Set 'plugins.state.encryption.accept_plain' to true, run 'llmspell state migrate', and " +
        'take it away again.',
    },
  )
}

export function withoutKey(name: string): SpellError {
  return new SpellError(
    'STATE_SEALED',
    `${name} is sealed: expected its key, found none configured. ${NOTHING}`,
    { hint: "Name its secret at 'plugins.state.encryption.key'." },
  )
}

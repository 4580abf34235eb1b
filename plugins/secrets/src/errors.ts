import { didYouMean, SpellError } from '@llmspell/sdk'

/** @param granted names that the asker may know of */
export function unknownSecret(name: string, granted: readonly string[]): SpellError {
  const key = name.startsWith('env:') ? name.slice('env:'.length) : undefined
  const cure =
    key === undefined ? `Set it with: llmspell secret set ${name}` : `Set the variable ${key}.`
  return new SpellError(
    'SECRET_UNKNOWN',
    `Secret '${name}' is not there: expected it in ${key === undefined ? 'the encrypted file' : "the environment or in '.env'"}, found nothing.`,
    { hint: didYouMean(name, granted, cure), details: { name } },
  )
}

export function boundSecret(
  name: string,
  hosts: readonly string[],
  origin: string | undefined,
): SpellError {
  const where = origin === undefined ? 'to a place that was not said' : `to '${origin}'`
  return new SpellError(
    'SECRET_BOUND',
    `Secret '${name}' may not be sent ${where}: it is bound to ${hosts.map((host) => `'${host}'`).join(', ')}.`,
    {
      hint: `Send it there, or bind it anew: llmspell secret set ${name} --host HOST`,
      details: { name, hosts: [...hosts], ...(origin === undefined ? {} : { origin }) },
    },
  )
}

/** The encrypted file cannot be opened. Says nothing of what is in it. */
export function locked(why: string, hint: string): SpellError {
  return new SpellError('SECRET_LOCKED', `The encrypted file of secrets stays closed: ${why}.`, {
    hint,
  })
}

export function exposed(what: string, why: string): SpellError {
  return new SpellError('SECRET_EXPOSED', `The ${what} is not used: ${why}.`, {
    hint: 'Make it a file of your own with chmod 600, and change the secrets that it held.',
  })
}

export function fileFailed(what: string, cause: unknown): SpellError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason'
  return new SpellError('SECRET_FILE_FAILED', `The ${what} cannot be used: ${reason}.`, {
    hint: 'Look at the file and its folder, or name another place by plugins.secrets.file.',
    cause,
  })
}

export function noPlace(): SpellError {
  return new SpellError('SECRET_FILE_FAILED', 'There is no place for the encrypted file.', {
    hint: 'Name one by plugins.secrets.file.',
  })
}

export function dotenvInvalid(name: string, faults: readonly number[]): SpellError {
  const lines = faults.slice(0, 5).join(', ')
  const text = `Secret '${name}' is not there, and '.env' cannot be read at line ${lines}: expected NAME=value.`
  return new SpellError('DOTENV_INVALID', text, {
    hint: 'Correct the line: a value with blanks or quotes stands in double quotes.',
    details: { name, lines: faults.slice(0, 100) },
  })
}

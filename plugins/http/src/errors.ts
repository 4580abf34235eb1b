import { SpellError, printable } from '@llmspell/sdk'

/** `shown`: what may be repeated of the URL; never its query, which may carry keys. */
export function urlRefused(shown: string, expected: string, found: string): SpellError {
  const text = `The URL '${printable(shown)}' cannot be used: expected ${expected}, found ${found}.`
  return new SpellError('HTTP_URL', text, {
    hint: 'Write a plain address such as https://example.com/page.',
  })
}

export function headerRefused(name: string, expected: string, found: string): SpellError {
  const text = `The header '${printable(name)}' cannot be sent: expected ${expected}, found ${found}.`
  return new SpellError('HTTP_HEADER', text, {
    hint: 'Leave it out: length, host and connection are set by the client.',
  })
}

export function failed(host: string, reason: string, system?: string): SpellError {
  return new SpellError('HTTP_FAILED', `The request to '${printable(host)}' failed: ${reason}.`, {
    hint: 'Check the address, and whether the server answers.',
    details: { host: printable(host), ...(system === undefined ? {} : { system }) },
  })
}

export function timedOut(host: string, waited: string, key: string, ms: number): SpellError {
  const text = `The request to '${printable(host)}' took too long: ${waited} within ${ms} ms.`
  return new SpellError('HTTP_TIMEOUT', text, {
    hint: `Try again later, or raise plugins.http.${key}.`,
    details: { host: printable(host), limit: key, ms },
  })
}

export function tooLarge(host: string, what: string, max: string, key: string): SpellError {
  const text = `The answer of '${printable(host)}' is too large: expected ${what} of at most ${max}, found more.`
  return new SpellError('HTTP_TOO_LARGE', text, {
    hint: `Ask for less, or raise plugins.http.${key}.`,
    details: { host: printable(host), limit: key },
  })
}

export function redirectRefused(host: string, reason: string): SpellError {
  const text = `The redirect of '${printable(host)}' was not followed: ${reason}.`
  return new SpellError('HTTP_REDIRECT', text, {
    hint: 'Ask for the final address, or take the redirect as the answer.',
    details: { host: printable(host) },
  })
}

export function codingRefused(host: string, reason: string): SpellError {
  const text = `The body of '${printable(host)}' cannot be decoded: ${reason}.`
  return new SpellError('HTTP_CODING', text, {
    hint: "Ask for it with the header 'accept-encoding: identity'.",
    details: { host: printable(host) },
  })
}

export function charsetUnknown(host: string, charset: string): SpellError {
  const text = `The text of '${printable(host)}' cannot be read: its charset '${printable(charset, 40)}' is not known.`
  return new SpellError('HTTP_CHARSET', text, { hint: 'Read the body as bytes.' })
}

/** What Node calls a failure, in words that name no address. */
export function failureOf(host: string, error: unknown): SpellError {
  const code = String((error as NodeJS.ErrnoException).code ?? 'UNKNOWN')
  return failed(host, REASONS[code] ?? reasonOf(code), code)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ETIMEDOUT: 'the connection could not be made in time',
  EHOSTUNREACH: 'the host cannot be reached',
  EPROXY: 'the proxy made no connection',
  ENETUNREACH: 'its network cannot be reached',
}

function reasonOf(code: string): string {
  if (code.startsWith('HPE_')) return `its answer is no HTTP (${code})`
  if (/CERT|SSL|TLS|ISSUER|ALTNAME|SIGNATURE/.test(code))
    return `its certificate or TLS is not accepted (${code})`
  return `the connection failed (${code})`
}

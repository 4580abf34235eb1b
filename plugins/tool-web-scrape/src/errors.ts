import { SpellError, printable } from '@llmspell/sdk'

export function robotsRefuse(url: URL): SpellError {
  const text = `The page '${shown(url)}' is closed to robots by its site.`
  return new SpellError('WEB_ROBOTS', text, {
    hint: 'Leave it alone, or set robots to false where you may.',
    details: { host: printable(url.hostname) },
  })
}

export function notAPage(url: string, found: string): SpellError {
  const text = `'${shown(new URL(url))}' is no page: expected HTML or text, found ${printable(found, 60)}.`
  return new SpellError('WEB_NO_PAGE', text, { hint: 'Get it by http-request instead.' })
}

export function answered(url: string, status: number): SpellError {
  const text = `The page '${shown(new URL(url))}' was not given: the server answered ${status}.`
  return new SpellError('WEB_STATUS', text, {
    hint: status >= 500 ? 'Try again later.' : 'Check the address.',
    details: { status },
  })
}

export function lost(url: URL, reason: string): SpellError {
  const text = `The page '${shown(url)}' was not reached: ${reason}.`
  return new SpellError('HTTP_REDIRECT', text, { hint: 'Ask for the final address.' })
}

/** Without the query, which may carry keys. */
function shown({ origin, pathname }: URL): string {
  return printable(`${origin}${pathname}`)
}

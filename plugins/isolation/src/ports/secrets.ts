import type { Secrets } from '@llmspell/sdk'
import { table, text } from './args.ts'
import type { Verbs } from './ports.ts'

/** The service `secrets`, as it reaches another process. */
export const SECRETS: Verbs<Secrets> = {
  'secrets.list': (open, secrets) => secrets.list(open.access),
  'secrets.reveal'(open, secrets, [name, given]) {
    const { origin } = table(given, 'use')
    const use = origin === undefined ? {} : { origin: text(origin, 'use.origin') }
    return secrets.reveal(text(name, 'name'), open.access, use)
  },
}

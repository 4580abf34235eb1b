import { SpellError } from '@llmspell/sdk'
import { CALL } from './call.ts'
import { FILES } from './files.ts'
import { HTTP } from './http.ts'
import type { OpenCall } from './open-call.ts'
import type { Ports, Pull } from './ports.ts'
import { SECRETS } from './secrets.ts'

/** Does what a plugin asks for in a call of it. @throws ISOLATED_ONLY; what the service throws */
export async function answer(
  verb: string,
  open: OpenCall,
  { files, http, secrets }: Ports,
  args: readonly unknown[],
  pull: Pull,
): Promise<unknown> {
  if (Object.hasOwn(CALL, verb)) return CALL[verb]!(open, undefined, args, pull)
  if (files && Object.hasOwn(FILES, verb)) return FILES[verb]!(open, files, args, pull)
  if (http && Object.hasOwn(HTTP, verb)) return HTTP[verb]!(open, http, args, pull)
  if (secrets && Object.hasOwn(SECRETS, verb)) return SECRETS[verb]!(open, secrets, args, pull)
  const message = `An isolated plugin asked for '${verb.slice(0, 40)}', which it was not given.`
  throw new SpellError('ISOLATED_ONLY', message, {
    hint: 'Name the service in requires of the manifest: http, files or secrets.',
  })
}

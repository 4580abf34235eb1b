import type { Secrets, ToolCall } from '@llmspell/sdk'
import type { HttpRequestInput } from './generated/input.ts'
import { refused } from './payload.ts'

type Headers = Readonly<Record<string, string>>

/**
 * The header that carries the key. A secret goes to the origin of the URL and nowhere else: the client leaves such
 * headers behind when a redirect leaves the origin.
 * @throws INPUT_INVALID, SECRET_UNKNOWN, SECRET_BOUND, PERMISSION_DENIED
 */
export async function authHeaders(
  { auth }: HttpRequestInput,
  given: ReadonlySet<string>,
  url: string,
  secrets: Secrets,
  call: ToolCall,
): Promise<Headers> {
  const origin = URL.parse(url)?.origin
  // Nothing is revealed for an address that nothing can be sent to.
  if (!auth || origin === undefined) return {}
  checkShape(auth, given)
  const reveal = (name: string): Promise<string> => secrets.reveal(name, call, { origin })
  if (auth.bearer !== undefined) return { authorization: `Bearer ${await reveal(auth.bearer)}` }
  if (auth.basic) {
    const { user, password } = auth.basic
    const pair = Buffer.from(`${user}:${await reveal(password)}`).toString('base64')
    call.run?.conceal(pair, `secret:${password}`)
    return { authorization: `Basic ${pair}` }
  }
  return { [auth.header!.toLowerCase()]: await reveal(auth.secret!) }
}

function checkShape(auth: NonNullable<HttpRequestInput['auth']>, given: ReadonlySet<string>): void {
  const { bearer, basic, header, secret } = auth
  const ways = [bearer, basic, header ?? secret].filter((way) => way !== undefined)
  if (ways.length !== 1 || (header === undefined) !== (secret === undefined))
    throw refused(
      'auth',
      'one of bearer, basic, or header with secret',
      Object.keys(auth).join(', ') || 'none',
    )
  if (basic?.user.includes(':'))
    throw refused('auth.basic.user', "a name without ':'", 'one with it')
  const name = header?.toLowerCase() ?? 'authorization'
  if (given.has(name)) throw refused(`headers.${name}`, 'nothing, because auth sets it', 'a value')
}

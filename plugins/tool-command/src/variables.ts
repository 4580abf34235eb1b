import type { ToolCall } from '@llmspell/sdk'
import { variableRefused } from './errors.ts'
import type { CommandInput } from './generated/input.ts'
import type { Rights } from './rights.ts'

/** They decide which code a program loads or runs, whatever its arguments are. */
const LOADERS =
  /^(?:LD_|DYLD_|GIT_(?!(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)$)|PYTHON|PERL|RUBY|NODE_|NPM_|JAVA_|_JAVA|JDK_|BASH|DOTNET_|LUA_|PHP|GCONV|GLIBC|SSH_|XDG_|ENV$|IFS$|PATH$|HOME$|SHELL|PS4$|PROMPT_COMMAND$|EDITOR$|VISUAL$|PAGER$|MANPAGER$|BROWSER$|LESS|ZDOTDIR$|CDPATH$|TAR_OPTIONS$|LLMSPELL_)|_(?:PRELOAD|PAGER|EDITOR|ASKPASS)$/i
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,255}$/
const SECRET =
  /KEY|TOKEN|SECRET|PASS|CREDENTIAL|_DSN$|^DATABASE_URL$|^AWS_|^GOOGLE_APPLICATION_CREDENTIALS$/i

/**
 * The whole environment of the program: what the caller gives and what it may take from ours, each name granted.
 *
 * @throws COMMAND_VARIABLE, PERMISSION_DENIED
 */
export async function variablesOf(
  input: CommandInput,
  call: ToolCall,
  rights: Rights,
): Promise<Record<string, string>> {
  const { env = {}, inherit = [] } = input
  const found: Record<string, string> = Object.create(null)
  for (const name of inherit) {
    const value = await inherited(name, call, rights)
    if (value !== undefined) found[name] = value
  }
  for (const [name, value] of Object.entries(env)) {
    check(name, value)
    await rights.variable(name)
    found[name] = value
  }
  return found
}

async function inherited(
  name: string,
  call: ToolCall,
  rights: Rights,
): Promise<string | undefined> {
  check(name, '')
  const value = Object.hasOwn(process.env, name) ? process.env[name] : undefined
  const secret = SECRET.test(name)
  // A model would read it by asking the program for its environment.
  if (secret && (call.run?.actors.length ?? 0) > 0) await rights.refuse('env', name, 'models')
  else await rights.variable(name)
  if (secret && value) call.run?.conceal(value, `env:${name}`)
  return value
}

function check(name: string, value: string): void {
  if (!NAME.test(name)) throw variableRefused(name, 'has no proper name')
  if (LOADERS.test(name)) throw variableRefused(name, 'decides which code programs load')
  if (value.includes('\0')) throw variableRefused(name, 'has a NUL in its value')
}

import { SpellError } from '@llmspell/sdk'
import type { SecretInfo } from '@llmspell/sdk'
import { readDotenv } from './dotenv-file.ts'
import { unknownSecret } from './errors.ts'
import { isHost } from './hosts.ts'
import { readName } from './names.ts'
import type { SecretCheck, SecretFile } from './types.ts'
import type { Vault } from './vault.ts'
import type { Entry } from './vault-format.ts'

/** Values shorter than this are not hidden where they turn up: they are part of ordinary words. */
export const SHORTEST_HIDDEN = 6
const MOST_CHARS = 64 * 1024

/** The service `secret-file`. */
export class FileOfSecrets implements SecretFile {
  readonly #vault: Vault
  readonly #dotenv: boolean

  constructor(vault: Vault, dotenv: boolean) {
    this.#vault = vault
    this.#dotenv = dotenv
  }

  async list(): Promise<readonly SecretInfo[]> {
    const entries = [...(await this.#vault.entries())].sort(([a], [b]) => (a < b ? -1 : 1))
    return entries.map(([name, { hosts }]) => ({
      name,
      source: 'file',
      ...(hosts ? { hosts } : {}),
    }))
  }

  async set(text: string, value: string, hosts: readonly string[] = []): Promise<boolean> {
    const name = ownName(text)
    refuseValue(name, value)
    const wrong = hosts.find((host) => !isHost(host))
    if (wrong !== undefined) throw noHost(wrong)
    const entry: Entry = hosts.length > 0 ? { value, hosts } : { value }
    return this.#vault.set(name, entry)
  }

  async remove(text: string): Promise<void> {
    const name = ownName(text)
    if (await this.#vault.remove(name)) return
    throw unknownSecret(name, [...(await this.#vault.entries()).keys()])
  }

  async check(root: string): Promise<SecretCheck> {
    const { path } = this.#vault
    const keyFrom = await this.#vault.keyFrom()
    const entries = [...(await this.#vault.entries())]
    const short = entries.filter(([, { value }]) => value.length < SHORTEST_HIDDEN)
    const dotenv = this.#dotenv ? await readDotenv(root) : undefined
    return {
      ...(path === undefined ? {} : { path }),
      ...(keyFrom === undefined ? {} : { keyFrom }),
      count: entries.length,
      short: short.map(([name]) => name),
      dotenv: { count: dotenv?.values.size ?? 0, faults: dotenv?.faults ?? [] },
    }
  }
}

function ownName(text: string): string {
  const { kind, name } = readName(text)
  if (kind === 'file') return name
  throw new SpellError(
    'SECRET_UNKNOWN',
    `Secret '${name}' is a variable: expected a name of the encrypted file.`,
    {
      hint: 'Leave out env:, or set the variable in the environment.',
    },
  )
}

function refuseValue(name: string, value: string): void {
  const fault =
    value === ''
      ? 'nothing'
      : value.includes('\0')
        ? 'a NUL'
        : value.length > MOST_CHARS
          ? `${value.length} characters`
          : value.isWellFormed()
            ? undefined
            : 'half a character'
  if (fault === undefined) return
  const text = `The value of secret '${name}' is none: expected 1 to ${MOST_CHARS} characters of text, found ${fault}.`
  throw new SpellError('INPUT_INVALID', text, { hint: 'Give the value anew.' })
}

function noHost(host: string): SpellError {
  const text = `'${host}' is no host that a secret can be bound to: expected [https://]host[:port].`
  return new SpellError('INPUT_INVALID', text, {
    hint: "Write it like 'api.github.com' or '*.example.com'.",
  })
}

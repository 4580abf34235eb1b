import { SpellError } from '@llmspell/sdk'
import type { Access, SecretInfo, Secrets } from '@llmspell/sdk'

/** Secrets that anybody may have; keeps who asked for what, and where it was to go. */
export class FakeSecrets implements Secrets {
  readonly asked: (readonly [name: string, origin: string | undefined, by: string | undefined])[] =
    []
  readonly #values: Readonly<Record<string, string>>

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = values
  }

  async list(): Promise<readonly SecretInfo[]> {
    return Object.keys(this.#values).map((name) => ({ name, source: 'dotenv' }))
  }

  async reveal(name: string, access: Access, use: { readonly origin?: string } = {}) {
    this.asked.push([name, use.origin, access.grants.at(-1)?.holder])
    const value = this.#values[name]
    if (value === undefined) throw new SpellError('SECRET_UNKNOWN', `no ${name}`)
    return value
  }
}

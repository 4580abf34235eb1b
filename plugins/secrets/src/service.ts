import type { Access, GrantLayer, Permissions, SecretInfo, Secrets } from '@llmspell/sdk'
import { withVariables } from './chain.ts'
import type { Dotenv } from './dotenv.ts'
import { readDotenv } from './dotenv-file.ts'
import { boundSecret, dotenvInvalid, unknownSecret } from './errors.ts'
import { reaches } from './hosts.ts'
import { labelOf, readName } from './names.ts'
import type { SecretName } from './names.ts'
import type { Vault } from './vault.ts'
import type { Entry } from './vault-format.ts'
import { PASSPHRASE } from './vault-key.ts'

/** What the service looks names up in. */
export interface Sources {
  readonly permissions: Permissions
  /** The variables of the process as they were at the start. */
  readonly env: ReadonlyMap<string, string>
  readonly dotenv: boolean
  readonly vault: Vault
}

interface Found extends Entry {
  readonly source: SecretInfo['source']
}

/** The service `secrets`. */
export class NamedSecrets implements Secrets {
  readonly #sources: Sources

  constructor(sources: Sources) {
    this.#sources = sources
  }

  async list(access: Access): Promise<readonly SecretInfo[]> {
    const { env } = this.#sources
    const { values } = await this.#dotenv(access.root)
    const names = [...new Set([...env.keys(), ...values.keys()])].filter(
      (key) => key !== PASSPHRASE,
    )
    const variables = names.map((key): SecretInfo => ({
      name: `env:${key}`,
      source: env.has(key) ? 'environment' : 'dotenv',
    }))
    const granted = variables.filter((info) => this.#isGranted(info.name, access))
    return [...granted, ...(await this.#ofFile(access))].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async reveal(
    text: string,
    access: Access,
    use: { readonly origin?: string } = {},
  ): Promise<string> {
    const name = readName(text)
    const { permissions } = this.#sources
    const asked = withVariables(permissions, access, name)
    await permissions.require({ permission: 'secret', target: name.name }, asked)
    const found = await this.#find(name, access)
    const { hosts } = found
    if (hosts && (use.origin === undefined || !reaches(hosts, use.origin)))
      throw boundSecret(name.name, hosts, use.origin)
    access.run?.conceal(found.value, labelOf(name))
    return found.value
  }

  /**
   * One that the caller may use. A person may be asked, or a line of the audit written, only where no grant says yes.
   * @throws SECRET_UNKNOWN, PERMISSION_DENIED
   */
  async describe(text: string, access: Access): Promise<SecretInfo> {
    const name = readName(text)
    if (!this.#isGranted(name.name, access)) {
      const { permissions } = this.#sources
      const asked = withVariables(permissions, access, name)
      await permissions.require({ permission: 'secret', target: name.name }, asked)
    }
    return infoOf(name.name, await this.#find(name, access))
  }

  /** Whether there is one that is granted. @throws SECRET_UNKNOWN for a name that is none */
  async exists(text: string, access: Access): Promise<boolean> {
    const name = readName(text)
    if (!this.#isGranted(name.name, access)) return false
    return (await this.#look(name, access)) !== undefined
  }

  async #ofFile(access: Access): Promise<readonly SecretInfo[]> {
    // The file stays closed for a run that may use nothing of it.
    if (!access.grants.every(mayHaveNames)) return []
    const entries = [...(await this.#sources.vault.entries())]
    return entries
      .filter(([name]) => this.#isGranted(name, access))
      .map(([name, entry]) => infoOf(name, { ...entry, source: 'file' }))
  }

  #isGranted(text: string, access: Access): boolean {
    const { permissions } = this.#sources
    const name = readable(text)
    if (!name) return false
    const asked = withVariables(permissions, access, name)
    return permissions.decide({ permission: 'secret', target: name.name }, asked).allowed
  }

  async #find(name: SecretName, access: Access): Promise<Found> {
    const found = await this.#look(name, access)
    if (found) return found
    const { faults } = name.kind === 'env' ? await this.#dotenv(access.root) : { faults: [] }
    if (faults.length > 0) throw dotenvInvalid(name.name, faults)
    const granted = await this.list(access)
    throw unknownSecret(
      name.name,
      granted.map((info) => info.name),
    )
  }

  async #look({ kind, key }: SecretName, access: Access): Promise<Found | undefined> {
    const { env, vault } = this.#sources
    if (kind === 'file') return withSource((await vault.entries()).get(key), 'file')
    if (key === PASSPHRASE) return undefined
    const value = env.get(key)
    if (value) return { value, source: 'environment' }
    const own = (await this.#dotenv(access.root)).values.get(key)
    return own ? { value: own, source: 'dotenv' } : undefined
  }

  async #dotenv(root: string): Promise<Dotenv> {
    return this.#sources.dotenv ? readDotenv(root) : { values: new Map(), faults: [] }
  }
}

/** A rule for the secrets of the file, and not for variables alone. */
function mayHaveNames({ allow }: GrantLayer): boolean {
  const rules = [...(allow['secret'] ?? []), ...(allow['*'] ?? [])]
  return rules.some((rule) => !rule.startsWith('env:'))
}

function readable(text: string): SecretName | undefined {
  try {
    return readName(text)
  } catch {
    // A variable whose name no grant could be written for.
    return undefined
  }
}

function withSource(entry: Entry | undefined, source: Found['source']): Found | undefined {
  return entry && { ...entry, source }
}

function infoOf(name: string, { source, hosts }: Found): SecretInfo {
  return { name, source, ...(hosts ? { hosts } : {}) }
}

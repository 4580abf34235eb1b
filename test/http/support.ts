import { createKernel, type Kernel } from '@llmspell/kernel'
import type { Access, PermissionNeed, PermissionSet, Permissions } from '@llmspell/sdk'
import { Client, type Means } from '../../plugins/http/src/client.ts'
import type { HttpConfig } from '../../plugins/http/src/generated/config.ts'
import { source } from '../tools/house.ts'

export const CONFIG: HttpConfig = {
  connectMs: 10_000,
  headersMs: 20_000,
  idleMs: 20_000,
  totalMs: 30_000,
  maxBytes: 16 * 1024 * 1024,
  maxRatio: 250,
  headerBytes: 64 * 1024,
  sockets: 32,
  keepAliveMs: 4000,
  userAgent: 'llmspell',
}

/** A real client over the real permissions, which notes what is required. */
export interface Net extends AsyncDisposable {
  readonly client: Client
  readonly kernel: Kernel
  /** Each line of the audit: `allowed net http://…`. */
  readonly lines: string[]
  /** Another client over the same permissions. */
  make(config?: Partial<HttpConfig>, lookup?: Means['lookup']): Client
  access(allow?: PermissionSet, more?: Partial<Access> & { readonly deny?: PermissionSet }): Access
}

export async function openNet(): Promise<Net> {
  const kernel = createKernel({ plugins: [source('permissions')] })
  await kernel.start()
  const real = await kernel.use('permissions')
  const lines: string[] = []
  const permissions = noting(real, lines)
  const clients: Client[] = []
  const make: Net['make'] = (config = {}, lookup) => {
    const means = { permissions, config: { ...CONFIG, ...config } }
    const client = new Client(lookup ? { ...means, lookup } : means)
    clients.push(client)
    return client
  }
  return {
    client: make(),
    kernel,
    lines,
    make,
    access: (allow = { net: ['*:*'], 'net-private': ['*'] }, { deny, ...more } = {}) => ({
      subject: "Tool 'test'",
      grants: [{ holder: 'command line', allow, ...(deny ? { deny } : {}) }],
      root: '/',
      ...more,
    }),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close()
      await kernel.stop()
    },
  }
}

function noting(real: Permissions, lines: string[]): Permissions {
  const note = (outcome: string, { permission, target }: PermissionNeed): void =>
    void lines.push(`${outcome} ${permission} ${target}`)
  return {
    decide: (need, access) => real.decide(need, access),
    mark: (label, access) => real.mark(label, access),
    labels: (access) => real.labels(access),
    async require(need, access) {
      await real.require(need, access).catch((error: unknown) => {
        note('denied', need)
        throw error
      })
      note('allowed', need)
    },
  }
}

/** Code of what was thrown, or `ok` and the text. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
}

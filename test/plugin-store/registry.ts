import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tarball, type TarEntry } from './tar.ts'

/** What is published: a package.json, and the files beside it. */
export interface Release {
  readonly name: string
  readonly version: string
  readonly [key: string]: unknown
}

/** A real registry (verdaccio) on loopback, that asks no other one. */
export class Registry {
  readonly origin: string
  readonly #server: Server
  readonly #folder: string

  private constructor(server: Server, folder: string) {
    this.#server = server
    this.#folder = folder
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<Registry> {
    const folder = mkdtempSync(join(tmpdir(), 'llmspell-registry-'))
    const { runServer } = await import('verdaccio')
    const all = { access: '$all', publish: '$all', unpublish: '$all' }
    const server = (await runServer({
      storage: join(folder, 'storage'),
      self_path: join(folder, 'config.yaml'),
      configPath: join(folder, 'config.yaml'),
      uplinks: {},
      auth: { htpasswd: { file: join(folder, 'htpasswd') } },
      packages: { '**': all },
      web: { enable: false },
      log: { type: 'stdout', format: 'json', level: 'fatal' },
    } as never)) as Server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Registry(server, folder)
  }

  /** What npm has to be told to ask this one, with nothing of the machine. */
  get env(): Readonly<Record<string, string>> {
    return npmEnv(this.origin, this.#folder)
  }

  /** Publishes what the files say, or an archive as it is. */
  async publish(json: Release, files: Readonly<Record<string, string>> | Buffer): Promise<void> {
    const data = Buffer.isBuffer(files) ? files : packed(json, files)
    const { name, version } = json
    const file = `${name}-${version}.tgz`
    const dist = { ...hashes(data), tarball: `${this.origin}/${name}/-/${file}` }
    const body = {
      _id: name,
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...json, _id: `${name}@${version}`, dist } },
      _attachments: {
        [file]: {
          content_type: 'application/octet-stream',
          data: data.toString('base64'),
          length: data.length,
        },
      },
    }
    const headers = { 'content-type': 'application/json' }
    const url = `${this.origin}/${name.replace('/', '%2f')}`
    const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${name}@${version}: ${answer.status} ${await answer.text()}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Settings of npm for one registry, one cache, and no file of the user's. */
export function npmEnv(origin: string, folder: string): Readonly<Record<string, string>> {
  return {
    npm_config_registry: origin,
    npm_config_cache: join(folder, 'cache'),
    npm_config_userconfig: join(folder, 'npmrc'),
    npm_config_globalconfig: join(folder, 'npmrc-global'),
    npm_config_fetch_retries: '0',
  }
}

/** An archive of a package.json and files. */
export function packed(json: Release, files: Readonly<Record<string, string>>): Buffer {
  const entries: TarEntry[] = Object.entries(files).map(([path, text]) => ({
    path: `package/${path}`,
    text,
  }))
  return tarball([{ path: 'package/package.json', text: JSON.stringify(json) }, ...entries])
}

export function hashes(data: Buffer): { readonly integrity: string; readonly shasum: string } {
  const hash = (name: string, form: 'base64' | 'hex') => createHash(name).update(data).digest(form)
  return { integrity: `sha512-${hash('sha512', 'base64')}`, shasum: hash('sha1', 'hex') }
}

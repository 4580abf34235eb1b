import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { npm } from './npm.ts'

interface Published {
  readonly json: { readonly name: string; readonly version: string }
  readonly archive: Buffer
}

/** A registry on loopback with what a test has packed: one version of each package. */
export class PackedRegistry implements AsyncDisposable {
  readonly #server: Server
  readonly #packages: ReadonlyMap<string, Published>

  private constructor(packages: readonly Published[]) {
    this.#packages = new Map(packages.map((one) => [one.json.name, one]))
    this.#server = createServer((request, response) => {
      const [body, type] = this.#answer(decodeURIComponent(request.url ?? ''))
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': type })
      response.end(body ?? '{"error":"Not found"}')
    })
  }

  /** Packs each folder. */
  static async start(folders: readonly string[]): Promise<PackedRegistry> {
    const registry = new PackedRegistry(await Promise.all(folders.map(packed)))
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve))
    return registry
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(path: string): [string | Buffer | undefined, string] {
    const archive = /^\/-\/(.*)\.tgz$/.exec(path)?.[1]
    if (archive !== undefined)
      return [this.#packages.get(archive)?.archive, 'application/octet-stream']
    const found = this.#packages.get(path.slice(1))
    return [found && JSON.stringify(this.#packument(found)), 'application/json']
  }

  #packument({ json, archive }: Published): object {
    const { name, version } = json
    const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`
    const dist = { tarball: `${this.origin}/-/${name}.tgz`, integrity }
    return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...json, dist } } }
  }
}

async function packed(folder: string): Promise<Published> {
  const { code, stdout, stderr } = await npm(['pack', '--silent', '--ignore-scripts'], folder)
  if (code !== 0) throw new Error(stderr)
  const archive = readFileSync(join(folder, stdout.trim().split('\n').at(-1)!))
  const json = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Published['json']
  return { json, archive }
}

/** Writes files below a folder. @returns the folder */
export function writeAll(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

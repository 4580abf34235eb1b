import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { npm } from '../support/npm.ts'
import { readJson } from '../support/packages.ts'
import { ROOT } from '../support/root.ts'
import type { Registry, Release } from './registry.ts'

/** Publishes packages of this repository, packed as they are released. @param folders of them, from its root */
export async function publishWorkspaces(
  registry: Registry,
  folders: readonly string[],
): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'llmspell-packed-'))
  try {
    const named = folders.flatMap((folder) => ['-w', folder])
    const argv = ['pack', '--ignore-scripts', '--json', '--pack-destination', place, ...named]
    const { code, stdout, stderr } = await npm(argv, ROOT)
    if (code !== 0) throw new Error(stderr)
    const rows = Object.values(JSON.parse(stdout) as { name: string; filename: string }[])
    for (const folder of folders) {
      const json = readJson<Release>(join(ROOT, folder, 'package.json'))
      const { filename } = rows.find(({ name }) => name === json.name)!
      await registry.publish(json, readFileSync(join(place, filename)))
    }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

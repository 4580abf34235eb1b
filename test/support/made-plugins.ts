import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifestHash } from '@llmspell/kernel'
import { packageFiles } from '../../kernel/src/package-files.ts'

/** Writes the plugin folder of a home with `count` trusted plugins, each with one tool, as an install leaves it. */
export function installMade(home: string, count: number): void {
  const folder = join(home, 'plugins')
  const plugins = Array.from({ length: count }, (_, index) => writePlugin(folder, index))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'plugins.lock.json'), JSON.stringify({ plugins }))
}

/** @returns its entry for the lock */
function writePlugin(folder: string, index: number): object {
  const name = `llmspell-tool-made-${index}`
  const root = `packages/made-${index}/node_modules/${name}`
  const json = packageJson(name, `tool-made-${index}`)
  mkdirSync(join(folder, root), { recursive: true })
  writeFileSync(join(folder, root, 'package.json'), JSON.stringify(json))
  writeFileSync(join(folder, root, 'index.js'), 'throw new Error("imported")\n')
  const { version, llmspell } = json
  const { id } = llmspell
  const files = packageFiles(join(folder, root)).hash
  return {
    id,
    package: name,
    version,
    root,
    trusted: true,
    manifestHash: manifestHash(json),
    files,
  }
}

function packageJson(name: string, id: string) {
  const input = {
    type: 'object',
    additionalProperties: false,
    properties: { text: { type: 'string' } },
  }
  const tool = { name: id, description: 'Made.', category: 'made', effect: 'pure', input }
  const contributes = { tools: [tool] }
  return {
    name,
    version: '1.0.0',
    type: 'module',
    engines: { llmspell: '^0.2.0' },
    llmspell: { manifest: 1, id, main: './index.js', phase: 'core', contributes },
  }
}

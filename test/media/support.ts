import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createKernel } from '@llmspell/kernel'
import type { Kernel } from '@llmspell/kernel'
import type { GrantChain, Manifest } from '@llmspell/sdk'

const repository = new URL('../../', import.meta.url)
const NAMES = ['permissions', 'files', 'sandbox', 'tools', 'tool-image', 'tool-ocr']
const SCRIPTS = ['script-runtime', 'engine-lua', 'engine-javascript']

/** A started kernel with the media tools from their sources, so that no build is needed. */
export async function mediaKernel(): Promise<Kernel> {
  const kernel = createKernel({ plugins: [...NAMES, ...SCRIPTS].map(source) })
  await kernel.start()
  return kernel
}

/** Where the package of a plugin lies. */
export function packageOf(name: string): URL {
  return new URL(`plugins/${name}/`, repository)
}

/** The whole folder, for reading and writing. */
export function allOf(root: string): GrantChain {
  return [{ holder: 'command line', allow: { read: [root], write: [root] } }]
}

function source(name: string) {
  const folder = packageOf(name)
  const { llmspell } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    llmspell: Manifest
  }
  const plugin = () => import(/* @vite-ignore */ `@llmspell/${name}`) as Promise<unknown>
  return { manifest: llmspell, plugin, root: fileURLToPath(folder) }
}

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { ROOT } from '../support/root.ts'
import { llmspell, type Folder } from './support.ts'

/** A new plugin in a folder, with the packages of this repository in the place of `npm install`. */
export async function scaffold(folder: Folder, name: string, kind: string): Promise<string> {
  const { code, stderr } = await llmspell(['plugin', 'new', name, '--kind', kind], {
    cwd: folder.path,
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const root = join(folder.path, name)
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction')
  return root
}

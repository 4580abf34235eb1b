import { execFile } from 'node:child_process'
import { cpSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Folder } from './cli/support.ts'
import { binOf } from './support/packages.ts'
import { ROOT } from './support/root.ts'

const run = promisify(execFile)

test('a copy of the plugin template elsewhere compiles', async () => {
  using folder = new Folder()
  const copy = join(folder.path, 'own')
  for (const name of ['src', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, 'plugin-template', name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction')
  await run(process.execPath, [binOf('typescript', 'tsc')], { cwd: copy })
  expect(existsSync(join(copy, 'dist', 'index.d.ts'))).toBe(true)
})

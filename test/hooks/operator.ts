import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHooks, type HookHouse } from './house.ts'

/** A house with one hook script, in the language that its name says. */
export async function withOperator(
  name: string,
  source: string,
  use: (hooks: HookHouse, file: string) => Promise<void>,
  parts: { readonly on_failure?: 'refuse' | 'ignore' } = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'llmspell-operator-'))
  const file = join(folder, name)
  writeFileSync(file, source)
  const hooks = await openHooks({ plugins: { hooks: { scripts: [{ file, ...parts }] } } })
  try {
    await use(hooks, file)
  } finally {
    await hooks.house.kernel.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

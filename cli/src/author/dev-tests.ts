import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SpellError } from '@llmspell/sdk'

/** Runs the tests of a plugin's folder by the vitest that is installed there. @returns whether they passed */
export async function runTests(folder: string, signal: AbortSignal): Promise<boolean> {
  const argv = [vitestOf(folder), 'run', '--root', folder]
  const plain = !process.stderr.isTTY && process.env['FORCE_COLOR'] === undefined
  const env = { ...process.env, ...(plain ? { NO_COLOR: '1' } : {}) }
  const stdio = ['ignore', 2, 2] as const
  const child = spawn(process.execPath, argv, { cwd: folder, env, stdio: [...stdio], signal })
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    return code === 0
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}

function vitestOf(folder: string): string {
  try {
    const file = createRequire(join(folder, 'package.json')).resolve('vitest/package.json')
    const { bin } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly bin: string | Readonly<Record<string, string>>
    }
    return join(dirname(file), typeof bin === 'string' ? bin : bin['vitest']!)
  } catch (cause) {
    const message = `The plugin in '${folder}' has no vitest to run its tests with.`
    throw new SpellError('PLUGIN_FOLDER_INVALID', message, {
      hint: 'Install what it needs with: npm install',
      cause,
    })
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'

const BIN = join(ROOT, 'cli/bin/llmspell.cjs')

test.skipIf(process.platform === 'win32')('a signal does not open the inspector', async () => {
  const args = [BIN, 'exec', '--max-time=1s', 'print("here") while true do end']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = text(child.stderr)
  await once(child.stdout, 'data')
  child.kill('SIGUSR1')
  child.stdout.resume()
  expect(await said).toContain('TIMEOUT')
  expect(await said).not.toContain('Debugger listening')
})

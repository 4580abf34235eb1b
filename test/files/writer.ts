// Writes one file as it is told, in a process that may be killed or limited: mode, root, path, bytes, rest.
import { join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import { ROOT } from '../support/root.ts'

const [mode, root, path, bytes, rest] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
]
const plugins = ['permissions', 'files'].map((name) => join(ROOT, 'plugins', name))
const kernel = createKernel({ plugins })
await kernel.start()
const files = await kernel.use('files')
const grants = [{ holder: 'command line', allow: { write: ['.'] } }]
const access = { subject: "Tool 'test'", grants, root }
try {
  await using file = await files.write(path, access, { mode: mode as 'replace' })
  for (let left = Number(bytes); left > 0; left -= 65_536)
    await file.write(Buffer.alloc(65_536, 'x'))
  process.stdout.write('written\n')
  if (rest === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000))
  await file.commit()
  process.stdout.write('committed\n')
} catch (error) {
  const { code, details } = error as { code: string; details?: { system?: string } }
  process.stdout.write(`${code} ${details?.system}\n`)
}
await kernel.stop()

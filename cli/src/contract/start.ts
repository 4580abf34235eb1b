import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inTemp, runChild } from './child.ts'

/** What keeps a plugin from passing beside a test that failed. */
export interface Fault {
  readonly text: string
  readonly hint?: string
}

/** ms; longer than the kernel's own limits of import, setup and disposal together. */
const LIMIT = 60_000

/** Sets a plugin up once in a process of its own, and disposes of it. @returns what was wrong with that */
export function startFaults(folder: string, id: string, root: string): Promise<readonly Fault[]> {
  const house = pathToFileURL(join(root, 'dist', 'contract', 'house.js')).href
  const code = `import { tellStart } from ${JSON.stringify(house)}
await tellStart(${JSON.stringify(folder)}, ${JSON.stringify(id)})
process.disconnect?.()`
  return inTemp(async (temp) => {
    const argv = ['--input-type=module', '-e', code]
    const ended = await runChild(argv, { cwd: folder, temp, limit: LIMIT })
    const faults = ended.told.find((message) => Array.isArray(message)) as Fault[] | undefined
    if (faults !== undefined && (ended.code === 0 || faults.length > 0)) return faults
    if (ended.late) return [{ text: `It did not start and stop within ${LIMIT / 1000} s.` }]
    const how = faults === undefined ? 'before it was set up and disposed of' : 'with an error'
    const line = lastLine(ended.said)
    return [{ text: `The process of the plugin ended ${how}${line && `: ${line}`}` }]
  })
}

function lastLine(said: string): string {
  const lines = said.trim().split('\n')
  return (lines.find((line) => /^\w*Error\b/.test(line.trim())) ?? lines.at(-1) ?? '').trim()
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { out } from './print/output.ts'

/** Prints name and version, and gives the exit code. */
export function versionLine(root: string): number {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly version: string
  }
  out(`${name} ${version}\n`)
  return 0
}

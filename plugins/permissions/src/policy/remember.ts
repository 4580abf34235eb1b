import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

const { O_WRONLY, O_APPEND, O_CREAT } = constants

/** Adds an entry for a folder to the end of the user's file. What stands there stays as it is. */
export async function appendRule(
  path: string,
  before: string,
  root: string,
  rule: string,
): Promise<void> {
  const equals = rule.indexOf('=')
  const [permission, value] = [rule.slice(0, equals), rule.slice(equals + 1)]
  const gap = before === '' ? '' : before.endsWith('\n') ? '\n' : '\n\n'
  const entry = `${gap}[[projects]]\npath = ${quoted(root)}\nallow.${permission} = [${quoted(value)}]\n`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await using file = await open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
  // One write at the end: two processes that remember at once both keep what they add.
  await file.write(entry)
  await file.datasync()
}

/** A basic string of TOML, which JSON's are but for the delete character. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u007F', String.raw`\u007f`)
}

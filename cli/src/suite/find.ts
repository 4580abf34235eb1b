import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { SpellError } from '@llmspell/sdk'

const NAME = /\.test\.(?:lua|js|mjs|ts)$/
const SKIPPED = new Set(['node_modules', '__cassettes__'])

/**
 * Test scripts in these files and below these folders, each once, by name.
 * @throws FILE_NOT_FOUND, TESTS_NOT_FOUND
 */
export function findTests(paths: readonly string[]): readonly string[] {
  const given = paths.length === 0 ? ['.'] : paths
  const found = new Set(given.flatMap((path) => testsAt(normalize(path))))
  if (found.size > 0) return [...found].sort()
  const places = given.map((path) => `'${path}'`).join(', ')
  throw new SpellError('TESTS_NOT_FOUND', `There is no test script in ${places}.`, {
    hint: 'Name it like greet.test.lua, greet.test.js or greet.test.ts.',
  })
}

function testsAt(path: string): string[] {
  const info = statSync(path, { throwIfNoEntry: false })
  if (!info) {
    throw new SpellError('FILE_NOT_FOUND', `Test '${path}' does not exist.`, {
      hint: 'Name a test script, or a folder with some.',
    })
  }
  return info.isDirectory() ? below(path) : [path]
}

/** Links are not followed: they may lead round. */
function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return entry.name.startsWith('.') || SKIPPED.has(entry.name) ? [] : below(path)
    return entry.isFile() && NAME.test(entry.name) ? [path] : []
  })
}

/** The cassette beside a test script. */
export function cassetteOf(file: string): string {
  return join(dirname(file), '__cassettes__', `${basename(file)}.json`)
}

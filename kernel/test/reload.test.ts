import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const STORY = fileURLToPath(new URL('reload-story.ts', import.meta.url))

test('a reload reads every file of the folder anew, and none of its dependencies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llmspell-reload-'))
  try {
    const args = ['--conditions=@llmspell/source', STORY, folder]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(JSON.parse(stdout)).toEqual([
      [1, 0, 0],
      [2, 1, 1],
      [51, 50, 50],
      expect.stringContaining("'draft' was not reloaded, the version before stays") as string,
      [51, 50, 50],
      [51, 51, 50],
      'second',
      [51, 51, 50],
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

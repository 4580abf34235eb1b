import { expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'
import { Folder, llmspell, widest } from './support.ts'

test.each(['in the repository', 'elsewhere'])(
  'the demo runs %s, offline, through a pipe',
  async (place) => {
    using folder = new Folder()
    const started = performance.now()
    const cwd = place === 'elsewhere' ? folder.path : ROOT
    const { code, stdout, stderr } = await llmspell(['demo'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const text of [
      'mock',
      'offline',
      'OPENAI_API_KEY',
      '429',
      'file-read',
      'calculator',
      '525600',
      'steps',
      'Next: ',
    ]) {
      expect(stdout).toContain(text)
    }
    expect(widest(stdout.split('\n').slice(1).join('\n'))).toBeLessThanOrEqual(80)
    expect(performance.now() - started).toBeLessThan(10_000)
  },
)

test('the command line that it shows does the same', async () => {
  const { stdout } = await llmspell(['demo'])
  const [, line = ''] = /^\$ npx llmspell (.*)$/m.exec(stdout) ?? []
  expect(await llmspell(line.split(' '))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('525600'),
  })
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pluginDefaults, withDefaults } from './defaults.ts'

test('places lie below the data folder', () => {
  expect(pluginDefaults({ LLMSPELL_HOME: '/home/a/spell' }, 'linux')).toMatchObject({
    artifacts: { folder: join('/home/a/spell', 'artifacts') },
    state: { folder: join('/home/a/spell', 'state') },
  })
})

test('what the user wrote comes before, key by key', () => {
  const defaults = { artifacts: { folder: '/data/artifacts' } }
  expect(withDefaults(undefined, defaults)).toEqual(defaults)
  expect(withDefaults({ artifacts: { maxBytes: 5 }, files: { maxBytes: 1 } }, defaults)).toEqual({
    artifacts: { folder: '/data/artifacts', maxBytes: 5 },
    files: { maxBytes: 1 },
  })
  expect(withDefaults({ artifacts: { folder: '/mine' } }, defaults)).toEqual({
    artifacts: { folder: '/mine' },
  })
})

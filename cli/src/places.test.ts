import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheFolder, dataFolder, homeIsRelative, pluginFolder } from './places.ts'

const RECORD = userInfo().homedir

test('folders lie below HOME, or where XDG says', () => {
  expect(dataFolder({ HOME: '/home/a' }, 'linux')).toBe('/home/a/.local/share/llmspell')
  expect(cacheFolder({ HOME: '/home/a', XDG_CACHE_HOME: '/c' }, 'linux')).toBe('/c/llmspell')
  expect(pluginFolder({ LLMSPELL_HOME: '/own' }, 'linux')).toBe('/own/plugins')
})

test.each([{}, { HOME: '' }, { HOME: '.' }, { HOME: 'work', XDG_DATA_HOME: '.local/share' }])(
  'the working folder never stands in for a home: %j',
  (env) => {
    expect(dataFolder(env, 'linux')).toBe(join(RECORD, '.local/share/llmspell'))
    expect(cacheFolder({ ...env, XDG_CACHE_HOME: '.cache' }, 'linux')).toBe(
      join(RECORD, '.cache/llmspell'),
    )
  },
)

test('a relative LLMSPELL_HOME means no folder', () => {
  const env = { HOME: '/home/a', LLMSPELL_HOME: 'own' }
  expect(homeIsRelative(env)).toBe(true)
  expect([cacheFolder(env, 'linux'), pluginFolder(env, 'linux')]).toEqual([undefined, undefined])
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameFault, namesOf, suggestedName } from './index.ts'

describe('names', () => {
  test.each([
    ['weather', 'weather', 'weather', 'Weather'],
    ['@me/llmspell-weather-report', 'weather-report', 'weather_report', 'WeatherReport'],
    ['llmspell-plugin-a.b_c', 'a-b-c', 'a_b_c', 'ABC'],
    ['llmspell-', 'llmspell', 'llmspell', 'Llmspell'],
  ])('of %s', (name, id, snake, pascal) => {
    expect(nameFault(name)).toBeUndefined()
    expect(namesOf(name)).toMatchObject({ package: name, id, snake, pascal })
  })

  test.each([
    ['Weather', 'weather'],
    ['my plugin', 'my-plugin'],
    ['@Me/Über Wetter', '@me/ber-wetter'],
    ['../evil', 'evil'],
    ['--kind', 'kind'],
    ['3d-printer', 'd-printer'],
    ['fs', undefined],
    ['node_modules', 'node-modules'],
    ['', undefined],
    ['@me/', undefined],
    ['a/b', 'a-b'],
    ['a'.repeat(215), 'a'.repeat(214)],
  ])('refuses %j and suggests %j', (name, suggested) => {
    expect(nameFault(name)).toBeTypeOf('string')
    expect(suggestedName(name)).toBe(suggested)
  })

  test('are ids for every good name, and every suggestion is one', () => {
    const good = fc.stringMatching(/^(@[a-z]{1,5}\/)?[a-z][a-z0-9._-]{0,20}$/)
    fc.assert(
      fc.property(fc.oneof(good, fc.string()), (name) => {
        const taken = nameFault(name) === undefined ? name : suggestedName(name)
        if (taken === undefined) return
        expect(nameFault(taken)).toBeUndefined()
        expect(namesOf(taken).id).toMatch(/^[a-z][a-z0-9-]*$/)
      }),
    )
  })
})

import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { highlight, tokensOf } from './index.ts'
import type { Language, State } from './index.ts'

const LANGUAGES: readonly Language[] = ['lua', 'javascript']

/** `kind:text` of what is not plain. */
function seen(language: Language, text: string): string[] {
  const { tokens } = tokensOf(language, text)
  return tokens.filter(({ kind }) => kind !== 'plain').map(({ kind, text }) => `${kind}:${text}`)
}

const joined = (parts: readonly string[]): string => parts.join('|')

describe('Lua', () => {
  test.each([
    ['local x = 1', 'keyword:local|number:1'],
    ['a = 0xFFp2 .. 1.5e-3', 'number:0xFFp2|number:1.5e-3'],
    [String.raw`s = "a\"b" .. 'c'`, String.raw`string:"|string:a\"b"|string:'|string:c'`],
    ['s = "open\nend', 'string:"|string:open|keyword:end'],
    ['x --[==[ a ]] b ]==] y', 'comment:--[==[|comment: a ]] b ]==]'],
    ['-- all of it "here"\nend', 'comment:-- all of it "here"|keyword:end'],
    ['s = [[a\nb]] if', 'string:[[|string:a\nb]]|keyword:if'],
    ['t[1] = Agent.create{}', 'number:1|global:Agent'],
    ['ended = formula', ''],
  ])('%j', (text, expected) => {
    expect(joined(seen('lua', text))).toBe(expected)
  })
})

describe('JavaScript', () => {
  test.each([
    ['const x = 1_000n', 'keyword:const|number:1_000n'],
    ['a = b / c / d', ''],
    ['a = /[/]"/g.test(1)', 'string:/[/]"/g|number:1'],
    ['return /x/', 'keyword:return|string:/x/'],
    ['f(x) / 2 / y', 'number:2'],
    ['x // c "d"\nif', 'comment:// c "d"|keyword:if'],
    ['/* a\nb */ if', 'comment:/*|comment: a\nb */|keyword:if'],
    ['`a${ {b: `c`} }d` if', 'string:`|string:a${|string:`|string:c`|string:d`|keyword:if'],
    ['await Agent.create({})', 'keyword:await|global:Agent'],
    ['\u{1D7CE}ñ = notnull', ''],
  ])('%j', (text, expected) => {
    expect(joined(seen('javascript', text).filter((one) => !one.endsWith(':}')))).toBe(expected)
  })
})

/** What each line leaves open, by line. */
function states(language: Language, lines: readonly string[]): string[] {
  let state: State = []
  return lines.map((line) => {
    state = highlight(language, line, state).state
    return state.map((open) => open.in).join(' ')
  })
}

test.each<[Language, string[], string[]]>([
  ['lua', ['s = [=[', ']] x', ']=] y'], ['string', 'string', '']],
  ['lua', ['--[[ a', 'b ]]'], ['comment', '']],
  ['lua', ['s = "a\\', 'b"'], ['quote', '']],
  ['lua', ['s = "a\\z', '  b"'], ['quote', '']],
  ['lua', ['s = "a\\n', 'b"'], ['', '']],
  ['lua', ['s = "a', 'b'], ['', '']],
  ['javascript', ['/*', '*/'], ['comment', '']],
  ['javascript', ['`a ${', '{ x }', '} b`'], ['template hole', 'template hole', '']],
  ['javascript', ["'a\\", "b'"], ['quote', '']],
])('%s leaves open: %j', (language, lines, expected) => {
  expect(states(language, lines)).toEqual(expected)
})

const piece = fc.constantFrom(
  ...'[ ] [[ ]] [==[ ]==] -- --[[ " \' \\ ` ${ { } / // /* */ z local const end 1 0x = é 😀'.split(
    ' ',
  ),
  '\n',
  '\r\n',
  '\uD800',
)
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 40 })
    .map((all) => all.join('')),
)

/** The kind of each character, and what is open at the end. */
function kinds(parts: readonly string[]): readonly [string, State] {
  let state: State = []
  const found = parts.map((part) => {
    const { tokens, state: open } = tokensOf('lua', part, state)
    state = open
    return tokens.map(({ kind, text }) => kind[0]!.repeat(text.length)).join('')
  })
  return [found.join(''), state]
}

test('Lua line by line is the same as at once', () => {
  // Behind \z a string goes on over empty lines too: one line alone cannot know that.
  const given = text.filter((one) => !one.includes('\\z') && !one.includes('\r'))
  fc.assert(
    fc.property(given, (all) => {
      expect(kinds(all.split(/(?<=\n)/))).toEqual(kinds([all]))
    }),
  )
})

describe.each(LANGUAGES)('any text in %s', (language) => {
  test('is all in its tokens, and comes back without the colours', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(
          tokensOf(language, given)
            .tokens.map((token) => token.text)
            .join(''),
        ).toBe(given)
        const bare = given.replaceAll(/(?!\n)\p{Cc}/gu, '')
        expect(stripVTControlCharacters(highlight(language, bare).text)).toBe(bare)
      }),
    )
  })

  test.each([
    '[',
    '[=',
    '--[',
    '"',
    '\\',
    '"\\',
    '`${',
    '`',
    '/',
    '/[',
    '/*',
    '/**/ ',
    '{',
    '1',
    '0x',
    'a',
    '\n',
    '${',
    '😀',
    '=',
    ' /',
  ])('of many %j takes a time that grows with it alone', (unit) => {
    const took = (count: number): number => {
      const given = unit.repeat(count)
      const start = process.threadCpuUsage()
      highlight(language, given)
      const { user, system } = process.threadCpuUsage(start)
      return (user + system) / 1000
    }
    took(2000)
    // Four times the text in 16 times the time would be quadratic; 500 ms is what a busy machine adds.
    expect(took(80_000)).toBeLessThan(took(20_000) * 8 + 500)
  })
})

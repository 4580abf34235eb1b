import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFault, readHeader } from './header.ts'

const said = (text: string): string => {
  const read = readHeader(text)
  return isFault(read) ? `${read.line}:${read.column} ${read.text}` : JSON.stringify(read.value)
}
const deep = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)

describe('a header', () => {
  test.each([
    ['--[[ llmspell {"id":"a"} ]]\nreturn {}', '{"id":"a"}'],
    ['/* llmspell\n{ "id": "a" }\n*/', '{"id":"a"}'],
    ['/* llmspell {"id":"a"} */', '{"id":"a"}'],
    [
      '\uFEFF#!/usr/bin/env x\r\n\r\n/* llmspell\r\n{"a":[1,true,null,-2.5e3]}\r\n*/',
      '{"a":[1,true,null,-2500]}',
    ],
    ['--[==[ llmspell {"a":[["x"]]} ]==]', '{"a":[["x"]]}'],
    ['/* llmspell {"a":"\\u00e4\\n\\"/"} */', '{"a":"ä\\n\\"/"}'],
    ['/* llmspell {} */ x = "/* llmspell {} */"', '{}'],
    [`/* llmspell ${deep(32)} */`, deep(32)],
  ])('is read from %j', (text, value) => {
    expect(said(text)).toBe(value)
  })

  test.each([
    ['', '1:1 expected a header comment at the top of the file, found none'],
    ['return 1', '1:1 expected a header comment at the top of the file, found none'],
    ['// llmspell {}', '1:1 expected a header comment at the top of the file, found none'],
    ['/* llmspeller {} */', '1:1 expected a header comment at the top of the file, found none'],
    ['x = 1\n  /* llmspell {} */', '2:1 expected the header at the top of the file, found it here'],
    ['/* llmspell {} */\n/* llmspell {} */', '2:1 expected one header, found a second one'],
    [
      '/* llmspell {}',
      "1:1 expected a header of at most 65536 characters, up to '*/', found no end of it",
    ],
    ['/* llmspell\n[1] */', `2:1 expected an object in '{ }', found "["`],
    ['/* llmspell\n{ "a": 1,\n} */', '3:1 expected a key in double quotes, found "}"'],
    ['/* llmspell\n{ a: 1 } */', '2:3 expected a key in double quotes, found "a"'],
    ["/* llmspell\n{ 'a': 1 } */", `2:3 expected a key in double quotes, found "'"`],
    ['/* llmspell {"a" 1} */', `1:18 expected ':' behind the key, found "1"`],
    ['/* llmspell {"a": 1 "b": 2} */', `1:21 expected ',' or '}', found "\\""`],
    ['/* llmspell {"a": [1 2]} */', `1:22 expected ',' or ']', found "2"`],
    ['/* llmspell {"a": nil} */', '1:19 expected a value, found "nil"'],
    ['/* llmspell {"a": 1e999} */', '1:19 expected a finite number, found "1"'],
    [
      '/* llmspell {"a": "x\ny"} */',
      '1:19 expected text in double quotes, on one line, found text that does not end, or a wrong escape',
    ],
    [
      '/* llmspell {"a": "\u0000"} */',
      '1:19 expected text in double quotes, on one line, found text that does not end, or a wrong escape',
    ],
    ['/* llmspell {"a": "\\ud800"} */', '1:19 expected well-formed text, found a lone surrogate'],
    ['/* llmspell {"a": 1, "a": 2} */', "1:22 expected each key once, found 'a' twice"],
    ['/* llmspell {"__proto__": {}} */', "1:14 expected another key, found '__proto__'"],
    ['/* llmspell {"a": {"constructor": 1}} */', "1:20 expected another key, found 'constructor'"],
    ['/* llmspell {} x */', `1:16 expected '*/' behind the object, found "x"`],
    ['/* llmspell {} // why */', `1:16 expected '*/' behind the object, found "/"`],
    [
      '--[[ llmspell {"a":[["x"]]} ]]',
      "1:25 expected ',' or ']', before the comment ends, found ']]'",
    ],
    [`/* llmspell ${deep(33)} */`, '1:173 expected at most 32 levels, found one more'],
    [
      `/* llmspell {"a":"${'x'.repeat(65_536)}"} */`,
      "1:1 expected a header of at most 65536 characters, up to '*/', found a longer one",
    ],
  ])('is refused in %j', (text, problem) => {
    expect(said(text)).toBe(problem)
  })

  test('knows the lines of its parts, and the nearest of what is not there', () => {
    const read = readHeader('/* llmspell\n{ "a": [\n1,\n{ "b": 2 }],\n"c": 3 }\n*/')
    const lines = ['a', 'a[1]', 'a[1].b', 'a[1].x.y', 'a[9]', 'c', 'nothing', ''].map((path) =>
      isFault(read) ? 0 : read.lineOf(path),
    )
    expect(lines).toEqual([2, 4, 4, 4, 2, 5, 1, 1])
  })

  test('is what it is as JSON, wherever it stands', () => {
    const plain = fc
      .jsonValue({ maxDepth: 3 })
      .filter((value) => !/\*\/|__proto__|constructor|prototype/.test(JSON.stringify(value)))
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), plain, { maxKeys: 4 }),
        (value) => {
          const text = JSON.stringify(value)
          fc.pre(!/\*\/|"(__proto__|constructor|prototype)":/.test(text))
          expect(said(`/* llmspell\n${text} */`)).toBe(JSON.stringify(JSON.parse(text)))
        },
      ),
      { numRuns: 50 },
    )
  })

  test('never throws, whatever stands there', () => {
    const part = fc.constantFrom(
      '/* llmspell ',
      '--[[ llmspell',
      ' */',
      ']]',
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '1',
      '\n',
      '\\',
      'a',
      '\u0000',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 60 }), (parts) => {
        const read = readHeader(parts.join(''))
        expect(isFault(read) ? read.line >= 1 : typeof read.value).toBeTruthy()
      }),
    )
  })
})

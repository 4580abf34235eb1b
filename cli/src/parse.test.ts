import { describe, expect, test } from 'vitest'
import { EXEC, RUN, type CommandSpec } from './flags.ts'
import { parse } from './parse.ts'

const LIST: CommandSpec = { id: 'tool list', flags: RUN.flags.slice(0, 4), args: [] }

function codeOf(fn: () => unknown): string {
  try {
    fn()
    return 'nothing was thrown'
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint?: string }
    return `${code} ${message} ${hint ?? ''}`
  }
}

describe('a command line', () => {
  test('flags stand before and behind the script', () => {
    const before = parse(RUN, ['--json', '--model', 'a/b', 'x.lua', 'one'])
    const behind = parse(RUN, ['x.lua', 'one', '--json', '--model=a/b'])
    expect(before).toEqual({ flags: { json: true, model: 'a/b' }, args: ['x.lua'], rest: ['one'] })
    expect(behind).toEqual(before)
  })

  test('short flags are the long ones', () => {
    expect(parse(RUN, ['-q', '-m', 'a/b', '-e=lua', 'x']).flags).toEqual({
      quiet: true,
      model: 'a/b',
      engine: 'lua',
    })
  })

  test('equal words of the script keep their order', () => {
    expect(parse(RUN, ['x.lua', 'a', 'b', 'a']).rest).toEqual(['a', 'b', 'a'])
  })

  test('unknown flags behind the script are its arguments', () => {
    const words = ['--topic', 'cats', '--verbose', '-n', '3', '--depth=2']
    expect(parse(RUN, ['x.lua', ...words]).rest).toEqual(words)
  })

  test('all behind -- is the script’s, its name too', () => {
    expect(parse(RUN, ['x.lua', '--', '--json', '-q']).rest).toEqual(['--json', '-q'])
    expect(parse(RUN, ['--json', '--', '-odd.lua', '--json'])).toEqual({
      flags: { json: true },
      args: ['-odd.lua'],
      rest: ['--json'],
    })
  })

  test('a dash alone is the script on stdin', () => {
    expect(parse(RUN, ['-', 'a'])).toMatchObject({ args: ['-'], rest: ['a'] })
  })

  test('lists take commas and repetition', () => {
    const { flags } = parse(RUN, ['--allow-read=a,b', 'x', '--allow-read', 'c'])
    expect(flags['allow-read']).toEqual(['a', 'b', 'c'])
  })

  test('a value may hold an equals sign and a comma in text flags', () => {
    expect(parse(RUN, ['--seed=a=b,c', 'x']).flags['seed']).toBe('a=b,c')
  })

  test('help asks for no argument', () => {
    expect(parse(EXEC, ['--help']).flags).toEqual({ help: true })
  })
})

describe('a wrong command line', () => {
  test.each([
    [['--bogus', 'x.lua'], 'FLAG_UNKNOWN', "'--bogus' is not known to 'llmspell run'"],
    [['--allow-raed=.', 'x'], 'FLAG_UNKNOWN', "Did you mean '--allow-read'?"],
    [['x.lua', '--modle', 'y'], 'FLAG_UNKNOWN', "goes behind '--'"],
    [['x.lua', '--model'], 'FLAG_INVALID', 'found nothing'],
    [['--model', '--json', 'x'], 'FLAG_INVALID', 'found nothing'],
    [['--allow-read=', 'x'], 'FLAG_INVALID', '--allow-read=PATHS'],
    [['--json=yes', 'x'], 'FLAG_INVALID', "takes no value, found 'yes'"],
    [['--isolation=process', 'x'], 'FLAG_INVALID', "inline or worker, found 'process'"],
    [[], 'ARGUMENT_MISSING', 'needs FILE'],
  ])('%j', (argv, code, text) => {
    const found = codeOf(() => parse(RUN, argv))
    expect(found).toContain(code)
    expect(found).toContain(text)
  })

  test('a command without a rest refuses words and every unknown flag', () => {
    expect(codeOf(() => parse(LIST, ['more']))).toContain(
      "ARGUMENT_UNEXPECTED 'llmspell tool list'",
    )
    expect(codeOf(() => parse(LIST, ['--topic']))).toContain('FLAG_UNKNOWN')
  })
})

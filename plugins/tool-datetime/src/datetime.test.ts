import type { Value } from '@llmspell/sdk'
import { cpuMs, toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import * as luxon from 'luxon'
import { beforeAll, describe, expect, test } from 'vitest'
import { amountOf } from './amount.ts'
import type { DatetimeResult } from './generated/output.ts'
import plugin from './index.ts'
import { read } from './read.ts'
import { zoneOf } from './zone.ts'

const options = { package: new URL('../', import.meta.url), plugin, name: 'datetime' }

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})

async function run(input: { readonly [key: string]: Value }): Promise<DatetimeResult> {
  return (await bench.run(input)).result as unknown as DatetimeResult
}

async function failure(input: { readonly [key: string]: Value }): Promise<unknown> {
  return run(input).catch((error: unknown) => error)
}

describe('now', () => {
  test('is the clock of the machine, in the zone that was asked for', async () => {
    const before = Date.now()
    const { unix_ms, zone } = await run({ operation: 'now', zone: 'asia/tokyo' })
    expect(unix_ms).toBeGreaterThanOrEqual(before)
    expect(unix_ms).toBeLessThanOrEqual(Date.now())
    expect(zone).toBe('Asia/Tokyo')
  })
})

describe('parse', () => {
  test.each([
    ['2024-02-29', {}, '2024-02-29T00:00:00.000Z', 'iso'],
    ['2024-02-29T13:30:00+02:00', {}, '2024-02-29T11:30:00.000Z', 'iso'],
    ['2024-W09-4', {}, '2024-02-29T00:00:00.000Z', 'iso'],
    ['Thu, 29 Feb 2024 13:30:00 +0100', {}, '2024-02-29T12:30:00.000Z', 'rfc2822'],
    ['Thu, 29 Feb 2024 13:30:00 GMT', {}, '2024-02-29T13:30:00.000Z', 'rfc2822'],
    ['2024-02-29 13:30:00', { zone: 'UTC-5' }, '2024-02-29T13:30:00.000-05:00', 'sql'],
    ['1709213400', { from: 'unix' }, '2024-02-29T13:30:00.000Z', 'unix'],
    ['1709213400000', { from: 'unix_ms' }, '2024-02-29T13:30:00.000Z', 'unix_ms'],
    [
      '29. Februar 2024',
      { from: 'd. MMMM yyyy', locale: 'de' },
      '2024-02-29T00:00:00.000Z',
      'd. MMMM yyyy',
    ],
  ])('%s %j', async (value, how, iso, from) => {
    expect(await run({ operation: 'parse', value, ...how })).toMatchObject({ iso, read_as: from })
  })

  test.each([
    ['2024-02-30', {}, 'you specified 30 as a day'],
    ['2023-02-29', {}, 'a day and time that exist'],
    ['yesterday', {}, 'expected ISO 8601, RFC 2822, HTTP or SQL'],
    ['2024-02-29', { from: 'dd.MM.yyyy' }, "expected a text as 'dd.MM.yyyy'"],
    ['2024-02-29', { from: 'dd.dd.yyyy' }, 'each token once'],
    ['2024-02-29', { from: '----' }, 'without tokens'],
    ['x', { from: 'unix' }, "expected a text as 'unix'"],
    ['2024-02-29', { locale: 'not a locale' }, "The locale 'not a locale'"],
  ])('%s %j is reported', async (value, how, said) => {
    const input = { operation: 'parse', value, ...how }
    expect(await failure(input)).toMatchObject({
      code: 'DATETIME_INVALID',
      message: expect.stringContaining(said),
    })
  })

  test('tokens that could share digits in many ways are quick', () => {
    const reading = { from: 'yMdHhmsSouWk', zone: 'UTC', locale: 'en' }
    const started = cpuMs()
    expect(() => read(luxon, 'value', `${'1'.repeat(199)}x`, reading)).toThrow(
      expect.objectContaining({ code: 'DATETIME_INVALID' }),
    )
    expect(cpuMs() - started).toBeLessThan(500)
  })

  test('what is shown as ISO, RFC 2822, HTTP or SQL is read back', async () => {
    const ms = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }).map((s) => s * 1000)
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'UTC-9:30')
    const format = fc.constantFrom('iso', 'rfc2822', 'http', 'unix', 'unix_ms')
    await fc.assert(
      fc.asyncProperty(ms, zone, format, async (value, name, from) => {
        const time = luxon.DateTime.fromMillis(value, { zone: zoneOf(name) })
        fc.pre(time.year >= 1000 && time.year < 10_000 && time.offset === Math.trunc(time.offset))
        const asked = { value: String(value), from: 'unix_ms', zone: name, format: from }
        const { text } = await run({ operation: 'format', ...asked })
        const back = await run({ operation: 'parse', value: text!, from, zone: name })
        expect(back.unix_ms).toBe(value)
      }),
    )
  })

  test('any text ends in a time or in a code, quickly', () => {
    const from = fc.oneof(fc.constantFrom('auto', 'iso', 'sql', 'unix'), fc.string())
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), from, (text, how) => {
        const started = cpuMs()
        let said = 'ok'
        try {
          const { time } = read(luxon, 'value', text, { from: how, zone: 'UTC', locale: 'en' })
          said = time.isValid ? 'ok' : 'no time'
        } catch (error) {
          said = (error as { code: string }).code
        }
        expect(said).toMatch(/^(?:ok|DATETIME_INVALID|DATETIME_RANGE)$/)
        expect(cpuMs() - started).toBeLessThan(1000)
      }),
    )
  })
})

describe('format', () => {
  test.each([
    ['EEEE d MMMM yyyy', {}, 'Thursday 29 February 2024'],
    ['cccc, d. MMMM', { locale: 'de' }, 'Donnerstag, 29. Februar'],
    ['rfc2822', {}, 'Thu, 29 Feb 2024 13:30:00 +0000'],
    ['http', {}, 'Thu, 29 Feb 2024 13:30:00 GMT'],
    ['sql', {}, '2024-02-29 13:30:00.000 Z'],
    ['unix', {}, '1709213400'],
    ['relative', { other: '2024-03-02T13:30:00' }, '2 days ago'],
    ['relative', { other: '2024-02-29T10:30:00', locale: 'fr' }, 'dans 3 heures'],
  ])('%s %j', async (format, how, text) => {
    const value = '2024-02-29T13:30:00'
    expect((await run({ operation: 'format', value, format, ...how })).text).toBe(text)
  })
})

describe('amounts', () => {
  test.each([
    ['2h', { hours: 2 }],
    ['1d12h', { days: 1, hours: 12 }],
    ['-1h30m', { hours: -1, minutes: -30 }],
    ['1 day - 2 hours', { days: 1, hours: -2 }],
    ['3 weeks, 250ms', { weeks: 3, milliseconds: 250 }],
    ['1.5h', { hours: 1.5 }],
    ['2 months', { months: 2 }],
    ['P1Y2M', { years: 1, months: 2 }],
    ['pt90s', { seconds: 90 }],
  ])('%s', (text, object) => {
    expect(amountOf(luxon, text).toObject()).toEqual(object)
  })

  test.each(['', '  ', '2', 'h', '2 hours ago', '1.5 months', 'P', 'Pxyz', '2 __proto__', '1e3 h'])(
    '%j is none',
    (text) => {
      expect(() => amountOf(luxon, text)).toThrow(
        expect.objectContaining({ code: 'DATETIME_INVALID' }),
      )
    },
  )

  test('any text is an amount or refused, quickly', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('1', ' ', 'd', 'h', '-', '.5', 'months'))
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const started = cpuMs()
        try {
          expect(amountOf(luxon, parts.join('').slice(0, 100)).isValid).toBe(true)
        } catch (error) {
          if ((error as { code?: string }).code !== 'DATETIME_INVALID') throw error
        }
        expect(cpuMs() - started).toBeLessThan(200)
      }),
    )
  })

  test.each([
    ['add', '2024-01-31', { months: 1 }, '2024-02-29T00:00:00.000Z'],
    ['subtract', '2024-03-31', 'P1M', '2024-02-29T00:00:00.000Z'],
    ['add', '2024-02-29', '1y', '2025-02-28T00:00:00.000Z'],
    ['subtract', '2024-01-01T00:00:00Z', '1ms', '2023-12-31T23:59:59.999Z'],
  ])('%s %s %j', async (operation, value, amount, iso) => {
    expect((await run({ operation, value, amount })).iso).toBe(iso)
  })

  test.each([
    { operation: 'add', value: '2024-01-01', amount: '999999999999 years' },
    { operation: 'add', value: '9999-12-31', amount: '1d' },
    { operation: 'subtract', value: '0001-01-01', amount: '1ms' },
    { operation: 'parse', value: '+012345-01-01' },
    { operation: 'parse', value: '999999999999999', from: 'unix_ms' },
  ])('%j is too far', async (input) => {
    expect(await failure(input)).toMatchObject({ code: 'DATETIME_RANGE' })
  })
})

describe('where a clock is changed', () => {
  const zone = 'Europe/Berlin'

  test('a time it never showed is moved on, and that is said', async () => {
    expect(await run({ operation: 'parse', value: '2024-03-31T02:30:00', zone })).toMatchObject({
      iso: '2024-03-31T03:30:00.000+02:00',
      note: { kind: 'gap', chosen: '2024-03-31T03:30:00.000+02:00' },
    })
  })

  test('a time it showed twice: the earlier is chosen, both are said', async () => {
    expect(await run({ operation: 'parse', value: '2024-10-27T02:30:00', zone })).toMatchObject({
      note: {
        kind: 'overlap',
        chosen: '2024-10-27T02:30:00.000+02:00',
        other: '2024-10-27T02:30:00.000+01:00',
      },
    })
  })

  test('a time with an offset is clear', async () => {
    const value = '2024-10-27T02:30:00+01:00'
    const result = await run({ operation: 'parse', value, zone })
    expect(result.iso).toBe('2024-10-27T02:30:00.000+01:00')
    expect(result).not.toHaveProperty('note')
  })

  test('days keep the clock, hours are exact', async () => {
    const start = { operation: 'add', value: '2024-03-30T02:30:00', zone }
    expect(await run({ ...start, amount: '1d' })).toMatchObject({
      iso: '2024-03-31T03:30:00.000+02:00',
      note: { kind: 'gap' },
    })
    const exact = await run({ ...start, amount: '24h' })
    expect(exact.iso).toBe('2024-03-31T03:30:00.000+02:00')
    expect(exact).not.toHaveProperty('note')
    const day = { value: '2024-03-31', zone }
    const end = await run({ ...day, operation: 'diff', other: '2024-04-01', units: ['hours'] })
    expect(end.difference).toEqual({ hours: 23 })
  })
})

describe('diff, convert, start, end, info', () => {
  test('a difference is told in the units, with its sign', async () => {
    const input = { operation: 'diff', value: '2024-03-01T12:00', other: '2024-02-28' }
    expect(await run(input)).toMatchObject({ difference: { days: -2, hours: -12 } })
    expect((await bench.run({ ...input, units: ['weeks', 'hours'] })).text).toBe(
      '0 weeks, -60 hours',
    )
  })

  test('start and end of units', async () => {
    const value = '2024-02-29T13:30:00'
    const iso = async (operation: string, unit: string): Promise<unknown> =>
      (await run({ operation, value, unit })).iso
    expect(await iso('start', 'week')).toBe('2024-02-26T00:00:00.000Z')
    expect(await iso('start', 'quarter')).toBe('2024-01-01T00:00:00.000Z')
    expect(await iso('end', 'month')).toBe('2024-02-29T23:59:59.999Z')
  })

  test('facts', async () => {
    const value = '2024-12-30T12:00:00'
    const zone = 'Europe/Berlin'
    const { info } = await run({ operation: 'info', value, zone, locale: 'de' })
    expect(info).toEqual({
      year: 2024,
      month: 12,
      day: 30,
      weekday: 1,
      weekday_name: 'Montag',
      month_name: 'Dezember',
      week: 1,
      week_year: 2025,
      weeks_in_year: 52,
      quarter: 4,
      day_of_year: 365,
      days_in_month: 31,
      leap_year: true,
      dst: false,
      zone_name: 'Mitteleuropäische Normalzeit',
    })
  })
})

describe('zones', () => {
  test.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['US/Eastern', 'US/Eastern'],
    ['utc', 'UTC'],
    ['UTC+2', 'UTC+2'],
    ['-05:30', 'UTC-5:30'],
  ])('%s', (name, zone) => {
    expect(zoneOf(name)).toBe(zone)
    expect(luxon.DateTime.utc().setZone(zone).isValid).toBe(true)
  })

  test.each([
    ['Europe/Berlim', "Did you mean 'Europe/Berlin'?"],
    ['Berlin', "Did you mean 'Europe/Berlin'?"],
    ['local', ''],
    ['system', ''],
    ['UTC+25', 'UTC-14 to UTC+14'],
    ['../../etc/passwd', ''],
    ['EST5', ''],
  ])('%s is none', (name, hint) => {
    expect(() => zoneOf(name)).toThrow(
      expect.objectContaining({ code: 'DATETIME_ZONE', hint: expect.stringContaining(hint) }),
    )
  })
})

test.each([
  [{ operation: 'parse' }, "'value': expected a value for parse"],
  [{ operation: 'now', value: '2024-01-01' }, "'value': expected nothing for now"],
  [{ operation: 'diff', value: '2024', other: '2025', format: 'iso' }, "'format'"],
  [{ operation: 'add', value: '2024' }, "'amount'"],
  [{ operation: 'add', value: '2024', amount: {} }, "'amount'"],
  [{ operation: 'add', value: '2024', amount: { day: 1 } }, "'amount.day'"],
])('%j is refused', async (input, said) => {
  await expect(bench.run(input)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining(said),
  })
})

test.each([
  [{ operation: 'parse', value: '1700000000' }, "from = 'unix'"],
  [{ operation: 'parse', value: '1700000000000' }, "from = 'unix_ms'"],
  [{ operation: 'add', value: '2024-01-01', amount: 'soon' }, 'Correct the amount.'],
])('%j says what to change', async (input, hint) => {
  await expect(bench.run(input)).rejects.toMatchObject({
    code: 'DATETIME_INVALID',
    hint: expect.stringContaining(hint),
  })
})

test('facts are lines', async () => {
  const { text } = await bench.run({ operation: 'info', value: '2024-12-30' })
  expect(text).toContain('\nweek_year: 2025\n')
})

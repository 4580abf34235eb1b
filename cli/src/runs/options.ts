import { SpellError, type DurableOptions, type OnUnknown } from '@llmspell/sdk'
import type { Parsed } from '../parse.ts'
import { isOn, text } from '../run/options.ts'
import { duration } from '../units.ts'

const RUN_ID = /^[A-Za-z0-9._:-]{1,128}$/

/** What a run that shall survive is told; nothing for one that shall not. @throws FLAG_INVALID */
export function durableOptions(parsed: Parsed): (DurableOptions & { runId: string }) | undefined {
  if (!isOn(parsed, 'durable')) {
    refuseLonely(parsed)
    return undefined
  }
  if (text(parsed, 'isolation') === 'worker') throw inThread()
  const durability = text(parsed, 'durability') as 'sync' | 'os' | undefined
  return {
    runId: runIdOf(parsed),
    ...(durability === undefined ? {} : { durability }),
    ...goingOn(parsed),
  }
}

/** What a run that is resumed is told too. */
export function goingOn(parsed: Parsed): { onUnknown?: OnUnknown; waitMs?: number } {
  const onUnknown = text(parsed, 'on-unknown') as OnUnknown | undefined
  const waitMs = waitOf(parsed)
  return {
    ...(onUnknown === undefined ? {} : { onUnknown }),
    ...(waitMs === undefined ? {} : { waitMs }),
  }
}

/** Milliseconds of `--wait`. @throws FLAG_INVALID */
export function waitOf(parsed: Parsed): number | undefined {
  const given = text(parsed, 'wait')
  if (given === undefined) return undefined
  return /^0(?:ms|s|m|h|d)?$/.test(given.trim()) ? 0 : duration('wait', given)
}

/** The id that a flag gives, or a new one. @throws FLAG_INVALID */
export function runIdOf(parsed: Parsed): string {
  const given = text(parsed, 'run-id')
  if (given === undefined) return newRunId()
  if (RUN_ID.test(given)) return given
  const expected = 'expected up to 128 letters, digits and . _ : -'
  throw new SpellError('FLAG_INVALID', `Flag '--run-id' is wrong: ${expected}, found '${given}'.`, {
    hint: 'Write it as: --run-id=invoices-2026-03',
  })
}

/** Sorts by time; the end tells those of one second apart. */
export function newRunId(at = new Date()): string {
  const digits = at.toISOString().replaceAll(/[-:]/g, '')
  return `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${crypto.randomUUID().slice(0, 6)}`
}

function refuseLonely(parsed: Parsed): void {
  const lonely = ['run-id', 'durability', 'on-unknown', 'wait'].find((name) => text(parsed, name))
  if (lonely === undefined) return
  throw new SpellError('FLAG_INVALID', `Flag '--${lonely}' means nothing without '--durable'.`, {
    hint: 'Add --durable, or leave it out.',
  })
}

function inThread(): SpellError {
  const message = "Flags '--durable' and '--isolation=worker' exclude each other."
  return new SpellError('FLAG_INVALID', message, {
    hint: 'A durable run is in this thread: leave --isolation out.',
  })
}

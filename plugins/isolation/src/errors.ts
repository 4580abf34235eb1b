import { SpellError, durationText, isSpellError, printable } from '@llmspell/sdk'
import type { JailReport, ResidentEnd } from '@llmspell/sdk'

/** @param why as the rest of a sentence: `it ended itself with code 3` */
export function crashed(plugin: string, why: string, cause?: unknown): SpellError {
  const message = `The process of plugin '${plugin}' is gone: ${printable(why)}.`
  return new SpellError('PLUGIN_CRASHED', message, {
    hint: 'Call it again: it gets a new process. Report it to its author if that happens twice.',
    details: { plugin },
    ...(cause === undefined ? {} : { cause }),
  })
}

/** What a plugin that crashes all the time comes to. */
export function crashesTooOften(plugin: string, times: number, cause: unknown): SpellError {
  const message = `Plugin '${plugin}' crashed ${times} times within a minute and is not started again.`
  const hint = 'Report it to its author; llmspell plugin uninstall takes it away.'
  return new SpellError('PLUGIN_CRASHED', message, { hint, details: { plugin }, cause })
}

/** The end of a process as an error. */
export function endedBy(plugin: string, end: ResidentEnd, memoryMib: number): SpellError {
  if (/out of memory|heap limit|allocation failed/i.test(end.stderr))
    return overMemory(plugin, memoryMib)
  const { code, signal } = end
  const how = code === null ? `by the signal ${signal ?? 'of nobody'}` : `with code ${code}`
  return crashed(plugin, `it ended ${how}`)
}

function overMemory(plugin: string, memoryMib: number): SpellError {
  const message = `Plugin '${plugin}' needed more memory than its process has (${memoryMib} MiB of heap).`
  return new SpellError('MEMORY_LIMIT', message, {
    hint: 'Give it a smaller input, or raise plugins.isolation.memory_mib.',
    details: { plugin, limit: memoryMib * 1024 * 1024 },
  })
}

export function setupTooSlow(plugin: string, ms: number): SpellError {
  const message = `Plugin '${plugin}' was not set up within ${durationText(ms)}.`
  return new SpellError('TIMEOUT', message, {
    hint: 'It is a fault of the plugin; plugins.isolation.setup_ms gives it longer.',
    details: { limit: ms },
  })
}

/** What the other calls of a process get that was ended because one of them did not end. */
export function unresponsive(plugin: string, tool: string): SpellError {
  return crashed(plugin, `it was ended, because a call of '${tool}' went on after it was cancelled`)
}

export function callEnded(): SpellError {
  return new SpellError('CALL_ENDED', 'The call that these ports belong to is not open.', {
    hint: 'What a call starts must end before its result.',
  })
}

export function tooManyObjects(most: number): SpellError {
  const message = `One call may hold ${most} files, answers and streams at a time.`
  return new SpellError('ISOLATED_ONLY', message, { hint: 'Close what is not needed any more.' })
}

export function tooManyDenials(most: number): SpellError {
  const message = `One call may be told no ${most} times, and this one was.`
  return new SpellError('ISOLATED_ONLY', message, { hint: 'Grant what it needs, or call it less.' })
}

export function usesTools(plugin: string, tool: string): SpellError {
  const message = `Tool '${tool}' of plugin '${plugin}' calls other tools, which do not reach a process of its own.`
  const hint = 'If you trust it, let it run in this process instead.'
  return new SpellError('ISOLATED_ONLY', message, { hint })
}

/** A denial that also says how to come by a jail, with which the right is not needed. */
export function jailWanted(error: unknown, { reason, hint }: JailReport): unknown {
  if (!isSpellError(error) || error.code !== 'PERMISSION_DENIED') return error
  const { code, message, details } = error
  const otherwise = `There is no jail to run it in, as ${reason}. ${hint}`
  return new SpellError(code, message, {
    hint: [error.hint, otherwise].filter(Boolean).join('. '),
    ...(details === undefined ? {} : { details }),
    cause: error,
  })
}

import { createRequire } from 'node:module'
import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SpellError } from '@llmspell/sdk'
import type { CommandEnd, ToolCall } from '@llmspell/sdk'
import { damaged, noAnswer, outside, tooManyPixels } from './errors.ts'
import type { Means } from './image.ts'
import { pack, unpack } from './work.ts'
import type { Answer, Facts, Work } from './work.ts'

const HEAD = 4096

/**
 * Has a process of its own do the work: jailed where the system can, and always without files, network,
 * environment and more memory or time than it needs.
 *
 * @throws IMAGE_INVALID, IMAGE_TOO_LARGE, IMAGE_AREA, TIMEOUT, CANCELLED
 */
export async function worked(
  { jail, config }: Pick<Means, 'jail' | 'config'>,
  call: Pick<ToolCall, 'signal' | 'subject'>,
  work: Work,
  source: Uint8Array,
): Promise<{ readonly facts: Facts; readonly bytes: Uint8Array }> {
  call.signal.throwIfAborted()
  const { kind } = await jail.report()
  const end = await jail.run({
    ...program(),
    input: pack(work, source),
    limits: { timeMs: config.timeMs, outputBytes: config.maxBytes + HEAD, fileBytes: 1 },
    signal: call.signal,
    jailed: kind !== 'none',
    subject: call.subject,
  })
  return answerOf(end, work, config.timeMs)
}

/** Node itself and the decoder are all that the process sees of this machine's files. */
function program() {
  const child = fileURLToPath(new URL(`./child${endingOf(import.meta.url)}`, import.meta.url))
  const sharp = realpathSync(createRequire(import.meta.url).resolve('sharp'))
  const modules = sharp.slice(0, sharp.lastIndexOf(join('sharp', 'lib')))
  const node = realpathSync(process.execPath)
  const folder = dirname(realpathSync(child))
  return {
    program: node,
    args: ['--no-warnings', join(folder, `child${endingOf(child)}`)],
    folder,
    read: [node, modules, dirname(folder)],
  }
}

function endingOf(name: string): string {
  return name.endsWith('.ts') ? '.ts' : '.js'
}

function answerOf(end: CommandEnd, { maxPixels }: Work, timeMs: number) {
  if (end.ended === 'timeout') throw timedOut(timeMs)
  if (end.ended !== 'exit' || end.code !== 0) throw noAnswer(reasonOf(end))
  const { head, bytes } = unpack<Answer>(end.stdout)
  if (head.ok) return { facts: head.facts, bytes }
  if (head.fault === 'pixels') throw tooManyPixels('The image', maxPixels, 'more')
  throw head.fault === 'area' ? outside(head.found) : damaged('The image', head.found)
}

function reasonOf({ ended, code, signal, stderr }: CommandEnd): string {
  if (ended !== 'exit') return ended
  const said = new TextDecoder().decode(stderr.subarray(0, 200)).split('\n')[0]
  return said || `end by ${signal ?? `code ${code}`}`
}

function timedOut(timeMs: number): SpellError {
  return new SpellError('TIMEOUT', `The image was not done within ${timeMs} ms.`, {
    hint: 'Use a smaller image, or raise plugins.tool-image.timeMs.',
    details: { limit: timeMs },
  })
}

import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type {
  Command,
  CommandEnd,
  Jail,
  JailReport,
  Resident,
  ResidentProcess,
} from '@llmspell/sdk'
import { covers } from './arguments.ts'
import { jailMissing, notStarted } from './errors.ts'
import { startJailed } from './jailed.ts'
import { probe } from './probe.ts'
import type { Found } from './probe.ts'
import { LivingProgram } from './resident.ts'
import { follow } from './run.ts'
import type { Started } from './started.ts'
import { startUnjailed } from './unjailed.ts'

/** Each jail has one of its own: as a working folder, it is empty. */
const OWN = '/tmp'
/** What has devices, other processes or sockets in it cannot be shown. */
const NEVER_SHOWN = ['/proc', '/sys', '/dev', '/run', '/var/run']
const NEVER_WHOLE = new Set(['/', '/tmp', '/var'])

/** Programs of the system, in namespaces of their own where this machine can. */
export class ProgramJail implements Jail {
  readonly #bubblewrap: string | undefined
  readonly #signal: AbortSignal
  readonly #running = new Set<Promise<unknown>>()
  #found: Promise<Found> | undefined

  /** @param signal ends all that runs */
  constructor(bubblewrap: string | undefined, signal: AbortSignal) {
    this.#bubblewrap = bubblewrap
    this.#signal = signal
  }

  async report(): Promise<JailReport> {
    return (await this.#probed()).report
  }

  async run(command: Command): Promise<CommandEnd> {
    const { parts, prlimit, report } = await this.#probed()
    const { subject, jailed = true } = command
    const signals = command.signal ? [command.signal, this.#signal] : [this.#signal]
    const checked = { ...command, signal: AbortSignal.any(signals) }
    await check(command)
    if (!jailed) return this.#follow(startUnjailed(prlimit, checked), checked)
    if (!parts) throw jailMissing(subject, report)
    await checkShown(command)
    return this.#follow(startJailed(parts, checked), checked)
  }

  async start(resident: Resident): Promise<ResidentProcess> {
    const { parts, prlimit, report } = await this.#probed()
    const { jailed = true, links = {}, subject } = resident
    const command = { ...resident, limits: { ...resident.limits, cpuSeconds: Infinity } }
    await check(command)
    if (jailed && !parts) throw jailMissing(subject, report)
    if (jailed) await checkShown(command)
    const signals = resident.signal ? [resident.signal, this.#signal] : [this.#signal]
    const started =
      jailed && parts ? startJailed(parts, command, links) : startUnjailed(prlimit, command, true)
    const living = new LivingProgram(started, AbortSignal.any(signals), subject)
    await living.begun
    this.#running.add(living.ended)
    void living.ended.then(() => this.#running.delete(living.ended))
    return living
  }

  /** Waits for what the signal has ended. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  async #follow(started: Started, command: Command): Promise<CommandEnd> {
    const running = follow(started, command)
    this.#running.add(running)
    return running.finally(() => this.#running.delete(running))
  }

  #probed(): Promise<Found> {
    return (this.#found ??= probe(this.#bubblewrap))
  }
}

async function check({ program, args, env = {}, folder, subject }: Command): Promise<void> {
  const texts = [program, folder, ...args, ...Object.entries(env).flat()]
  if (texts.some((text) => text.includes('\0'))) throw notStarted(subject, 'a text has a NUL in it')
  if (Object.keys(env).some((name) => name === '' || name.includes('=')))
    throw notStarted(subject, 'a variable has no proper name')
  if (!isAbsolute(program)) throw notStarted(subject, 'its program is no absolute path')
  const there = await stat(folder).catch(() => undefined)
  if (!there?.isDirectory()) throw notStarted(subject, 'its folder is not there')
  await access(program, constants.X_OK).catch(() => {
    throw notStarted(subject, 'its program is not there, or is none')
  })
}

/** A link in a shown path would show what it leads to. */
async function checkShown(command: Command): Promise<void> {
  const { folder, read = [], write = [], hide = [], subject } = command
  for (const path of [folder, ...read, ...write, ...hide]) {
    const real = await realpath(path).catch(() => undefined)
    if (real !== path)
      throw notStarted(subject, 'a folder that it is to see is not there, or a link')
  }
  for (const path of [...(folder === OWN ? [] : [folder]), ...read, ...write]) {
    if (NEVER_WHOLE.has(path) || NEVER_SHOWN.some((place) => covers(place, path)))
      throw notStarted(subject, 'a folder that it is to see is one of the system')
  }
}

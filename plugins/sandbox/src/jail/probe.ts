import { existsSync, realpathSync } from 'node:fs'
import { release } from 'node:os'
import type { Command, JailReport } from '@llmspell/sdk'
import { jailOptions } from './arguments.ts'
import type { JailParts } from './jailed.ts'
import { limited } from './limits.ts'

/** Never the PATH of the environment. */
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/bin']
const PROBE_MS = 5000
/** The package has one name everywhere. */
const INSTALL =
  'Install the package bubblewrap: apt install bubblewrap, or dnf, pacman -S, apk add.'

export interface Found {
  readonly report: JailReport
  /** Where the jail works. */
  readonly parts?: JailParts
  readonly prlimit?: string
}

/** Tries the jail with all of its options, on a program that does nothing. */
export async function probe(configured?: string): Promise<Found> {
  if (process.platform !== 'linux') return none('this system is no Linux')
  const bubblewrap = configured ?? inFolders('bwrap')
  const prlimit = inFolders('prlimit')
  const found = prlimit === undefined ? {} : { prlimit }
  if (bubblewrap === undefined || !existsSync(bubblewrap))
    return { ...none('bubblewrap is not installed', INSTALL), ...found }
  if (prlimit === undefined)
    return none('prlimit is not installed', 'Install the package util-linux.')
  const parts = { bubblewrap, prlimit, counted: countsByNamespace(release()) }
  let said = ''
  for (const nested of [false, true]) {
    const tried = await attempt({ ...parts, nested })
    if (tried.ok)
      return { report: await works(bubblewrap, nested), parts: { ...parts, nested }, prlimit }
    said ||= tried.said
  }
  return { ...refusedBecause(said), prlimit }
}

/** The program's real path, so that what is checked is what runs. */
function inFolders(name: string): string | undefined {
  const path = FOLDERS.map((folder) => `${folder}/${name}`).find((one) => existsSync(one))
  return path === undefined ? undefined : realpathSync(path)
}

async function attempt(parts: JailParts): Promise<{ readonly ok: boolean; readonly said: string }> {
  const program = inFolders('true') ?? '/usr/bin/true'
  const command: Command = { program, args: [], folder: '/tmp', subject: 'The probe' }
  // The folder of the probe is the jail's own /tmp.
  const options = jailOptions({ ...command, read: [] }, parts)
  const { status, stderr } = await run(parts.bubblewrap, [
    ...options,
    '--',
    ...limited(parts.prlimit, command, parts.counted ? 0 : undefined),
  ])
  return { ok: status === 0, said: stderr }
}

async function works(bubblewrap: string, nested: boolean): Promise<JailReport> {
  const { stdout } = await run(bubblewrap, ['--version'])
  const version = /\d[\w.]*/.exec(stdout)?.[0]
  const weaker = 'user namespaces inside the jail cannot be forbidden'
  return {
    kind: 'bubblewrap',
    ...(version === undefined ? {} : { version }),
    ...(nested ? { reason: weaker, hint: 'Install bubblewrap 0.8 or newer.' } : {}),
  }
}

function run(
  file: string,
  args: readonly string[],
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  const { execFile } = process.getBuiltinModule('node:child_process')
  return new Promise((resolve) => {
    const options = { cwd: '/', env: {}, timeout: PROBE_MS }
    execFile(file, args, options, (error, stdout, stderr) =>
      resolve({ status: error ? 1 : 0, stdout, stderr: stderr || (error?.message ?? '') }),
    )
  })
}

/** What the system said, and the setting that it is about. */
function refusedBecause(said: string): Found {
  const line =
    said
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^bwrap: /, '') ?? ''
  const reason = `bubblewrap does not work here (${line.slice(0, 200)})`
  if (/namespace|uid map|RTM_NEWADDR|Operation not permitted|No space left/i.test(said))
    return none(reason, userNamespaces())
  return none(reason, 'Run bwrap --unshare-all --ro-bind / / true and mend what it says.')
}

function userNamespaces(): string {
  return existsSync('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')
    ? 'Allow user namespaces: an AppArmor profile for bwrap, or sysctl kernel.apparmor_restrict_unprivileged_userns=0.'
    : 'Allow user namespaces: sysctl user.max_user_namespaces above 0 and kernel.unprivileged_userns_clone=1; in a container, a seccomp profile that allows them.'
}

/** Since 5.14, a limit of processes set within a user namespace counts that namespace only. */
function countsByNamespace(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map(Number)
  return major > 5 || (major === 5 && minor >= 14)
}

function none(reason: string, hint = 'Programs need --allow-unjailed here.'): Found {
  return { report: { kind: 'none', reason, hint } }
}

import type { Command } from '@llmspell/sdk'
import { emptied, isOfSystem, processFolder, systemFolders } from './system.ts'

const MIB = 1024 * 1024
const TMP_BYTES = 64 * MIB
/** Whoever runs it outside: nobody inside. */
const NOBODY = '65534'

type Place = readonly [path: string, options: readonly string[]]

/**
 * Options of bwrap. Nothing of the host is there but what is named: no home, no sockets, no other process. The root
 * and /dev can be written by nobody, and what can be written in memory has a size.
 */
export function jailOptions(
  command: Command,
  options: {
    readonly nested: boolean
    readonly links?: Readonly<Record<string, string>> | undefined
  },
): string[] {
  const { network = false, folder, env = {} } = command
  const sets = Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value])
  return [
    options.nested ? [] : ['--unshare-user', '--disable-userns'],
    ['--unshare-all', ...(network ? ['--share-net'] : [])],
    ['--die-with-parent', '--new-session', '--clearenv', '--cap-drop', 'ALL'],
    ['--uid', NOBODY, '--gid', NOBODY, '--hostname', 'jail'],
    systemFolders(network),
    processFolder(),
    ['--dev', '/dev'],
    memory('/dev/shm'),
    memory('/tmp'),
    places(command),
    Object.entries(options.links ?? {}).flatMap(([path, to]) => ['--symlink', to, path]),
    ['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', folder],
    sets,
  ].flat()
}

/** What the caller shows, the outer before the inner, so that the inner wins. */
function places(command: Command): string[] {
  const { program, folder, read = [], write = [], hide = [] } = command
  const found: Place[] = [
    ...read.map((path): Place => [path, ['--ro-bind', path, path]]),
    ...write.map((path): Place => [path, ['--bind', path, path]]),
  ]
  if (!found.some(([path]) => covers(path, folder))) found.push([folder, memory(folder)])
  if (![...read, ...write].some((path) => covers(path, program)) && !isOfSystem(program))
    found.push([program, ['--ro-bind', program, program]])
  found.push(...hide.map((path): Place => [path, emptied(path)]))
  return found.sort(([a], [b]) => depth(a) - depth(b)).flatMap(([, options]) => options)
}

function memory(path: string): readonly string[] {
  return ['--size', String(TMP_BYTES), '--tmpfs', path]
}

function depth(path: string): number {
  return path.split('/').length
}

/** True for the folder itself and for all below it. */
export function covers(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

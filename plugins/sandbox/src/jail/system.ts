import { existsSync, lstatSync, readlinkSync } from 'node:fs'

const FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']
/** What programs need of /etc: names of libraries, public certificates, the time zone. */
const SETTINGS = [
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/pki/tls/certs',
  '/etc/pki/ca-trust/extracted',
  '/etc/localtime',
  '/etc/nsswitch.conf',
  '/etc/protocols',
  '/etc/services',
  '/etc/fonts',
]
const NETWORK = ['/etc/resolv.conf', '/etc/hosts', '/etc/gai.conf']

/** Whether a path is visible in every jail. */
export function isOfSystem(path: string): boolean {
  return ['/usr', ...FOLDERS].some((folder) => path.startsWith(`${folder}/`))
}

/** Options of bwrap that show the system's own folders, to read. */
export function systemFolders(network: boolean): string[] {
  const settings = [...SETTINGS, ...(network ? NETWORK : [])]
  return [
    ...shown('/usr'),
    ...FOLDERS.filter((folder) => existsSync(folder)).flatMap(shown),
    ...settings.flatMap((path) => ['--ro-bind-try', path, path]),
  ]
}

/** What /proc has beside processes. It is written by its owner, root, with no capability at all. */
const SETTINGS_OF_PROC = ['bus', 'fs', 'irq', 'mtrr', 'sys', 'sysrq-trigger']
const HIDDEN_OF_PROC = [
  'acpi',
  'asound',
  'driver',
  'kcore',
  'keys',
  'key-users',
  'kmsg',
  'latency_stats',
  'pressure',
  'sched_debug',
  'scsi',
  'timer_list',
]

/** Options of bwrap for a /proc of the jail's own processes. */
export function processFolder(): string[] {
  const place = (name: string): string => `/proc/${name}`
  const settings = SETTINGS_OF_PROC.map(place).filter((path) => existsSync(path))
  const hidden = HIDDEN_OF_PROC.map(place).filter((path) => existsSync(path))
  return [
    '--proc',
    '/proc',
    ...settings.flatMap((path) => ['--ro-bind', path, path]),
    ...hidden.flatMap(emptied),
  ]
}

/** Options of bwrap that put nothing in the place of a file or folder. */
export function emptied(path: string): string[] {
  return lstatSync(path).isDirectory()
    ? ['--size', '4096', '--tmpfs', path, '--remount-ro', path]
    : ['--ro-bind', '/dev/null', path]
}

/** `/bin` is a link on many systems. */
function shown(folder: string): string[] {
  return lstatSync(folder).isSymbolicLink()
    ? ['--symlink', readlinkSync(folder), folder]
    : ['--ro-bind', folder, folder]
}

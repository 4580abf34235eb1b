import { statfs } from 'node:fs/promises'
import type { SystemInfoInput } from './generated/input.ts'
import type { SystemInfoResult } from './generated/output.ts'

export type Section = SystemInfoInput['sections'][number]
type Readers = {
  readonly [K in Section]: (root: string) => Told<K> | Promise<Told<K>>
}
type Told<K extends Section> = NonNullable<SystemInfoResult[K]>

const os = (): typeof import('node:os') => process.getBuiltinModule('node:os')

/** Each asks the system anew. */
export const SECTIONS: Readers = {
  os: () => ({
    name: os().type(),
    release: os().release(),
    platform: process.platform,
    arch: process.arch,
    uptime_s: Math.round(os().uptime()),
  }),
  cpu: () => {
    const all = os().cpus()
    const model = all[0]?.model.trim() ?? ''
    return { model, count: all.length, usable: os().availableParallelism(), load: os().loadavg() }
  },
  memory: () => ({
    total_bytes: os().totalmem(),
    free_bytes: process.availableMemory(),
    process_bytes: process.memoryUsage.rss(),
  }),
  disk: async (root) => {
    const { blocks, bavail, bsize } = await statfs(root)
    return { total_bytes: blocks * bsize, free_bytes: bavail * bsize }
  },
  time: () => {
    const now = new Date()
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
    return { now: now.toISOString(), zone: timeZone, offset_minutes: -now.getTimezoneOffset() || 0 }
  },
  user: () => ({ name: userName(), id: process.getuid?.() ?? null }),
  host: () => ({ name: os().hostname() }),
  folder: (root) => ({ path: root }),
  runtime: () => ({
    node: process.versions.node,
    v8: process.versions.v8,
    uptime_s: Math.round(process.uptime()),
  }),
}

/** An account may be a number without a name, as in a container. */
function userName(): string {
  try {
    return os().userInfo().username
  } catch {
    return ''
  }
}

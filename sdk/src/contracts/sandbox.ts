import type { Duplex } from 'node:stream'

/** A piece of work for a thread of its own. */
export interface Job {
  /** Module that is loaded there, as a URL of the plugin's own package. */
  readonly module: URL
  /** Exported function. Its arguments and result are copied. */
  readonly function: string
  readonly args: readonly unknown[]
  /** For texts: `Tool 'json'`. */
  readonly subject: string
  readonly signal?: AbortSignal
  /** Default 10,000. */
  readonly timeoutMs?: number
  /** Of the thread's heap; default 64 MiB. */
  readonly memoryBytes?: number
}

/** Service `workers`: code of ours that parses what others wrote, in a thread that can be ended. */
export interface Workers {
  /**
   * A thread is kept for the next job of the same module for a while.
   * @throws what the function throws, as SpellError where it has a code; TIMEOUT, MEMORY_LIMIT, CANCELLED
   */
  run<T>(job: Job): Promise<T>
}

/** Whether programs can be shut in here, and if not, why and what to do. */
export interface JailReport {
  readonly kind: 'bubblewrap' | 'none'
  readonly version?: string
  readonly reason?: string
  readonly hint?: string
}

/** A program to start. */
export interface Command {
  /** Absolute and real. */
  readonly program: string
  readonly args: readonly string[]
  /** The whole environment: nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Working folder, absolute and real. In the jail it has the same name, and is empty unless `read` or `write` covers it. */
  readonly folder: string
  /** Absolute, real paths that are visible, beside the system's own folders. What lies deeper wins. */
  readonly read?: readonly string[]
  readonly write?: readonly string[]
  /** Paths below these that are empty in the jail. */
  readonly hide?: readonly string[]
  /** Default: an empty stdin. */
  readonly input?: Uint8Array | AsyncIterable<Uint8Array>
  /** True keeps the network of the host. Default false. */
  readonly network?: boolean
  readonly limits?: {
    /** Wall time; default 30,000. */
    readonly timeMs?: number
    /** CPU seconds; default 60. */
    readonly cpuSeconds?: number
    /** Memory of data; default 1 GiB. */
    readonly memoryBytes?: number
    /** Of stdout and stderr together; the program is ended past it. Default 1 MiB. */
    readonly outputBytes?: number
    /** Of one file it writes; default 256 MiB. */
    readonly fileBytes?: number
    /** Processes and threads; default 256. */
    readonly processes?: number
  }
  readonly signal?: AbortSignal
  /** Pieces of output as they come. */
  readonly onOutput?: (from: 'stdout' | 'stderr', piece: Uint8Array) => void | Promise<void>
  /** False runs it without a jail: the caller has asked for the right to do so. Default true. */
  readonly jailed?: boolean
  readonly subject: string
}

/** How a program ended. Nothing that it started is left alive in a jail. */
export interface CommandEnd {
  readonly code: number | null
  readonly signal: string | null
  /** `exit`, or which limit ended it. */
  readonly ended: 'exit' | 'timeout' | 'output' | 'processes' | 'cancelled'
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly durationMs: number
  readonly jail: JailReport['kind']
}

/** A program that stays, and talks over one channel. Its stdin is empty and its stdout goes nowhere. */
export interface Resident extends Pick<
  Command,
  | 'program'
  | 'args'
  | 'env'
  | 'folder'
  | 'read'
  | 'hide'
  | 'network'
  | 'signal'
  | 'jailed'
  | 'subject'
> {
  /** Links that are made in the jail, to what they lead to. */
  readonly links?: Readonly<Record<string, string>>
  readonly limits?: Pick<NonNullable<Command['limits']>, 'memoryBytes' | 'processes'>
}

/** The channel as the program finds it: a socket behind this descriptor. */
export const RESIDENT_CHANNEL = 5

/** How a resident ended. */
export interface ResidentEnd {
  readonly code: number | null
  readonly signal: string | null
  /** The last of what it wrote to stderr. */
  readonly stderr: string
}

/** A resident that has been started. */
export interface ResidentProcess {
  readonly jail: JailReport['kind']
  /** Both ways; closed when either side has closed it. */
  readonly channel: Duplex
  /** Resolves when it is gone. Never rejects. */
  readonly ended: Promise<ResidentEnd>
  /** Whether it keeps this process alive; at first it does. */
  hold(held: boolean): void
  /** Ends it at once. */
  kill(): void
}

/** Service `jail`: programs of the system in namespaces of their own. */
export interface Jail {
  /** Tried once. */
  report(): Promise<JailReport>
  /** @throws JAIL_MISSING where it must be jailed and cannot be; COMMAND_FAILED where it did not start */
  run(command: Command): Promise<CommandEnd>
  /** Starts a program that stays until it is killed, its signal is aborted, or this process ends. @throws as `run` */
  start(resident: Resident): Promise<ResidentProcess>
}

declare module '../services.ts' {
  interface Services {
    workers: Workers
    jail: Jail
  }
}

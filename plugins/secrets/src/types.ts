import type { SecretInfo } from '@llmspell/sdk'

/** Service `secret-file`: the encrypted file for the host itself, such as its command line. Scripts never reach it. */
export interface SecretFile {
  /** @throws SECRET_LOCKED, SECRET_EXPOSED, SECRET_FILE_FAILED */
  list(): Promise<readonly SecretInfo[]>
  /**
   * @param hosts `[scheme://]host[:port]`, `*.host`; without any it is bound to none
   * @returns whether the name is new
   * @throws SECRET_UNKNOWN for a name that is none, INPUT_INVALID for a value or host that is none, and as `list`
   */
  set(name: string, value: string, hosts?: readonly string[]): Promise<boolean>
  /** @throws SECRET_UNKNOWN, and as `list` */
  remove(name: string): Promise<void>
  /** Looks whether all can be used. */
  check(root: string): Promise<SecretCheck>
}

export interface SecretCheck {
  /** Absent where no place is known. */
  readonly path?: string
  /** Absent where there is no file yet. */
  readonly keyFrom?: 'passphrase' | 'key-file'
  readonly count: number
  /** Names with a value of fewer than 6 characters: it is not hidden where it turns up. */
  readonly short: readonly string[]
  readonly dotenv: { readonly count: number; readonly faults: readonly number[] }
}

declare module '@llmspell/sdk' {
  interface Services {
    'secret-file': SecretFile
  }
}

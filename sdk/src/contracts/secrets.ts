import type { Access } from './permission.ts'

/** A secret by name. Values never appear here. */
export interface SecretInfo {
  /** `env:NAME` of a variable or of `.env`; a plain name of the encrypted file. */
  readonly name: string
  readonly source: 'environment' | 'dotenv' | 'file'
  /** Hosts it may be sent to; absent: where the caller says, under the caller's grants. */
  readonly hosts?: readonly string[]
}

/** Service `secrets`: named values that only code of the host sees. */
export interface Secrets {
  /** Those of the given names, or all that the caller is granted. Reads no value. */
  list(access: Access): Promise<readonly SecretInfo[]>
  /**
   * The value, for code of the host. From then on it is hidden from all that leaves the run.
   * Needs the permission `secret` for the name.
   *
   * @param name `env:NAME`, `secret:name` or a plain name
   * @param use.origin where it will be sent: a secret that is bound to hosts goes nowhere else
   * @throws SECRET_UNKNOWN with a suggestion, SECRET_BOUND, SECRET_LOCKED, PERMISSION_DENIED
   */
  reveal(name: string, access: Access, use?: { readonly origin?: string }): Promise<string>
}

declare module '../services.ts' {
  interface Services {
    secrets: Secrets
  }
}

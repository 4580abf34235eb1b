import type { SecretInfo, Services } from '@llmspell/sdk'
import type { Stage } from '../stage.ts'

/** What we ask of the service `secret-file`, whichever plugin provides it. */
export interface SecretFile {
  list(): Promise<readonly SecretInfo[]>
  set(name: string, value: string, hosts?: readonly string[]): Promise<boolean>
  remove(name: string): Promise<void>
  check(root: string): Promise<SecretCheck>
}

export interface SecretCheck {
  readonly path?: string
  readonly keyFrom?: 'passphrase' | 'key-file'
  readonly count: number
  readonly short: readonly string[]
  readonly dotenv: { readonly count: number; readonly faults: readonly number[] }
}

export async function secretFile(stage: Stage): Promise<SecretFile> {
  const kernel = await stage.open(await stage.config())
  return (await kernel.use('secret-file' as keyof Services)) as unknown as SecretFile
}

import type { SecretInfo, Secrets } from '@llmspell/sdk'
import type { Line } from '../line/line.ts'
import { idOf } from './call.ts'

/** The service `secrets` of the host, under the grants of the call that it is used with. */
export function remoteSecrets(line: Line): Secrets {
  return {
    list: async (access) => (await line.ask('secrets.list', idOf(access))) as readonly SecretInfo[],
    reveal: async (name, access, use) =>
      (await line.ask('secrets.reveal', idOf(access), name, use)) as string,
  }
}

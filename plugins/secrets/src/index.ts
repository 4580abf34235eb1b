import { definePlugin } from '@llmspell/sdk'
import { FileOfSecrets } from './file-service.ts'
import type { SecretsConfig } from './generated/config.ts'
import { secretModule } from './module.ts'
import { NamedSecrets } from './service.ts'
import { Vault } from './vault.ts'
import { PASSPHRASE } from './vault-key.ts'

export type * from './types.ts'

/** The plugin `secrets`: named values that only code of the host sees. */
export default definePlugin<SecretsConfig>({
  setup(ctx) {
    const { file, keyFile, dotenv } = ctx.config
    const variables = Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    const env = new Map(variables)
    const vault = new Vault(file, keyFile, env.get(PASSPHRASE))
    const secrets = new NamedSecrets({ permissions: ctx.use('permissions'), env, dotenv, vault })
    ctx.provide('secrets', secrets)
    ctx.provide('secret-file', new FileOfSecrets(vault, dotenv))
    ctx.contribute('script-modules', 'Secret', secretModule(secrets))
  },
})

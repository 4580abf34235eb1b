import { definePlugin } from '@llmspell/sdk'
import type { ArtifactsConfig } from './generated/config.ts'
import { artifactModule } from './module.ts'
import { artifactService } from './service.ts'
import type { OpenStore } from './service.ts'
import type { Store } from './store.ts'

export default definePlugin<ArtifactsConfig>({
  setup(ctx) {
    let opened: ReturnType<OpenStore> | undefined
    let undo: (() => Promise<void>) | undefined
    const open: OpenStore = () => (opened ??= opening())
    const opening = async (): Promise<Store> => {
      const { openStore } = await import('./open.ts')
      const { store, dispose } = await openStore(ctx.config)
      undo = dispose
      return store
    }
    ctx.defer(async () => {
      await opened?.catch(() => undefined)
      await undo?.()
    })
    ctx.provide('artifacts', artifactService(open))
    const services = { permissions: ctx.use('permissions'), files: ctx.find('files') }
    ctx.contribute('script-modules', 'Artifact', artifactModule({ ...services, open }))
  },
})

import { definePlugin } from '@llmspell/sdk'
import { permissions } from './decide.ts'
import { permissionModule } from './module.ts'

export default definePlugin({
  setup(ctx) {
    ctx.provide('permissions', permissions)
    ctx.contribute('script-modules', 'Permission', permissionModule(permissions))
  },
})

import { definePlugin } from '@llmspell/sdk'
import type { Media } from '@llmspell/sdk'
import type { MediaConfig } from './generated/config.ts'
import { validators } from './generated/media.module.validate.js'
import { hold } from './held.ts'
import { mediaHandlers } from './module.ts'

/** The plugin: service `media` and the script module `Media`. */
export default definePlugin<MediaConfig>({
  setup(ctx) {
    const means = {
      files: ctx.use('files'),
      http: ctx.use('http'),
      permissions: ctx.use('permissions'),
      maxBytes: ctx.config.maxBytes,
    }
    ctx.provide('media', {
      of: (ref, context) => context.resolve({ ...ref, type: 'Media' }) as Media,
      add: (bytes, mime, context, name) => hold(bytes, mime, context, ctx.config, name),
    })
    const functions = mediaHandlers(means, ctx.config)
    ctx.contribute('script-modules', 'Media', { functions, validators })
  },
})

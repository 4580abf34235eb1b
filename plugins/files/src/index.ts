import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { definePlugin } from '@llmspell/sdk'
import type { Files } from '@llmspell/sdk'
import type { FilesConfig } from './generated/config.ts'
import type { Means } from './asked.ts'
import { listFolder } from './list.ts'
import { filesModule } from './module.ts'
import { openFile } from './open.ts'
import { isNamed, protectedBy } from './protected.ts'
import { statFile } from './stat.ts'
import { writeFile } from './write.ts'

export default definePlugin<FilesConfig>({
  setup(ctx) {
    const descriptors = process.platform === 'linux' && existsSync('/proc/self/fd')
    const means: Means = {
      permissions: ctx.use('permissions'),
      audit: ctx.use('audit'),
      config: ctx.config,
      descriptors,
    }
    const files: Files = {
      open: (path, access, options = {}) => openFile(means, path, access, options),
      write: (path, access, options) => writeFile(means, path, access, options),
      stat: (path, access) => statFile(means, path, access),
      list: (path, access, options = {}) => listFolder(means, path, access, options),
      protects: (path, access) => {
        const place = resolve(access.root, path)
        return protectedBy(place) !== undefined && !isNamed(place, access)
      },
    }
    ctx.provide('files', files)
    ctx.contribute('script-modules', 'Files', filesModule(files))
  },
})

import type { Pictures, ScaleOptions } from '@llmspell/sdk'
import { worked } from './decode.ts'
import { tooManyPixels } from './errors.ts'
import type { Means } from './image.ts'
import { checkHeader } from './source.ts'

const SHOWN = 'The picture'

/** The service: what the tool decodes, as pixels for whoever shows them. */
export function pictures(means: Pick<Means, 'jail' | 'config'>): Pictures {
  return {
    async scaled(bytes, { width, height, signal }: ScaleOptions) {
      checkHeader(bytes, SHOWN, means.config)
      const most = Math.floor(means.config.maxBytes / 4)
      if (width * height > most) throw tooManyPixels(SHOWN, most, `${width} x ${height} asked for`)
      const { maxPixels } = means.config
      const call = { signal: signal ?? new AbortController().signal, subject: SHOWN }
      const work = { operation: 'pixels', width, height, maxPixels } as const
      const { facts, bytes: rgba } = await worked(means, call, work, bytes)
      return { width: facts.width, height: facts.height, rgba }
    },
  }
}

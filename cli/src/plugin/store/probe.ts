import { createKernel, StartupError } from '@llmspell/kernel'
import { toErrorRecord } from '@llmspell/sdk'
import { EXIT_CODES } from '../../exit.ts'
import { kernelOptions } from '../../kernel/open.ts'
import { KernelLogger } from '../../kernel/logger.ts'
import { toJson } from '../../print/envelope.ts'
import { out } from '../../print/output.ts'
import type { Stage } from '../../stage.ts'

/** Loads plugins of another lock, in the process that the store has started for it, and says how it went. */
export async function probe(stage: Stage): Promise<number> {
  const [lock, ...ids] = [...stage.parsed.args, ...stage.parsed.rest]
  const logger = new KernelLogger('nothing')
  const options = kernelOptions(stage.root, await stage.config(), { logger, reread: true })
  const disabled = options.disabled?.filter((id) => !ids.includes(id)) ?? []
  const kernel = createKernel({ ...options, disabled, lock: lock!, required: ids, trial: true })
  try {
    await kernel.start()
    out(`\n${toJson({ ok: true })}\n`)
    return 0
  } catch (error) {
    const { message } = toErrorRecord(error instanceof StartupError ? error.cause : error)
    out(`\n${toJson({ ok: false, message })}\n`)
    return EXIT_CODES.unavailable
  } finally {
    await kernel.stop()
  }
}

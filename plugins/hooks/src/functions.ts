import type { HookFunctions } from '@llmspell/sdk'
import { Asking, type AskingParts } from './asking.ts'
import type { Points } from './points.ts'
import { Registration } from './registration.ts'

/** The service `hook-functions`: each function is asked alone, in its own tap. */
export function hookFunctions(
  points: Points,
  parts: Pick<AskingParts, 'runtime' | 'schemas' | 'tracer'>,
): HookFunctions {
  return {
    tap(name, { id, file, language, call, log }) {
      const point = points.get(name)
      const about = { runId: id, file, language, place: 0, everywhere: true }
      const owner = { ...about, owns: () => false, log }
      const hook = new Registration(id, point, name, owner, call, {})
      const asking = new Asking({ ...parts, at: () => [hook], drop: () => false })
      return asking.tapOf(point)
    },
  }
}

import type { Kernel } from '@llmspell/kernel'
import type { Extensions, Services } from '@llmspell/sdk'
import type { PackageFacts } from './manifest.ts'

const WITHOUT_CODE = new Set(['hooks', 'hookPoints', 'points', 'errors'])

/** Activates a plugin by way of whatever it offers. A failure is left to the report. */
export async function activate(kernel: Kernel, { manifest }: PackageFacts): Promise<void> {
  const service = Object.keys(manifest.provides ?? {})[0]
  const named = firstName(manifest.contributes ?? {})
  try {
    if (service !== undefined) await kernel.use(service as keyof Services)
    else if (named) await kernel.extensions.get(named.point as keyof Extensions, named.name)
  } catch {
    // The kernel remembers it: it is a row of the report, with its cause.
  }
}

function firstName(
  contributes: object,
): { readonly point: string; readonly name: string } | undefined {
  for (const [point, items] of Object.entries(contributes)) {
    const first: unknown = Array.isArray(items) ? items[0] : undefined
    if (WITHOUT_CODE.has(point) || typeof first !== 'object' || first === null) continue
    return { point, name: String((first as { name?: unknown }).name) }
  }
  return undefined
}

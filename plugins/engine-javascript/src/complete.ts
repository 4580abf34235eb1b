import type { Core } from './core.ts'
import { camel } from './names.ts'

const LAST_WORD = /(?:[\w$]+\.)*[\w$]*$/

/** Words that fit at the end of the text, each with what stands before it in the path. */
export function complete(core: Core, text: string): readonly string[] {
  const path = LAST_WORD.exec(text)![0].split('.')
  const start = path.pop()!
  const names = path.length === 0 ? globals(core) : namesUnder(core, path)
  const prefix = path.map((name) => `${name}.`).join('')
  const found = names.filter((name) => name.startsWith(start) && name !== start)
  return [...new Set(found)].toSorted().map((name) => prefix + name)
}

function globals(core: Core): readonly string[] {
  return [...core.options.modules, 'Async', ...guestNames(core, [])]
}

function namesUnder(core: Core, path: readonly string[]): readonly string[] {
  const [module] = path
  if (path.length > 1 || !core.options.modules.includes(module!)) return guestNames(core, path)
  const { functions, fields = {} } = core.bindings.describe(module!)
  const visible = Object.keys(functions).filter((name) => !functions[name]!.hidden)
  return [...visible, ...Object.keys(fields)].map(camel)
}

function guestNames(core: Core, path: readonly string[]): readonly string[] {
  try {
    const text = core.machine.enter(() => core.text('names', JSON.stringify(path)))
    return JSON.parse(text) as readonly string[]
  } catch {
    return []
  }
}

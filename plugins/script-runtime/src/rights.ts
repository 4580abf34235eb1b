import { nearest, SpellError } from '@llmspell/sdk'
import type { GrantChain, GrantLayer, PermissionSet, RunOptions } from '@llmspell/sdk'

const HOLDER = 'command line'
/** The base permissions. Plugins own further ones, so a name is only refused where it looks like one of these. */
const KNOWN = (
  'read write net net-private run unjailed env sys secret mix ' + 'state state-write events budget'
).split(' ')

/** The layers that a run begins with. Nothing said is nothing granted. @throws INPUT_INVALID */
export function grantsOf({ allow = {}, deny = {}, grants }: RunOptions): GrantChain {
  const layers: unknown = grants ?? [{ holder: HOLDER, allow, deny }]
  if (!Array.isArray(layers)) throw wrong('grants', 'a list of layers', layers)
  // Without a layer of whoever started it, only what plugins may at most would hold a call back.
  if (layers.length === 0) return [{ holder: HOLDER, allow: {} }]
  for (const layer of layers as readonly GrantLayer[]) {
    checkSet('allow', layer.allow)
    if (layer.deny !== undefined) checkSet('deny', layer.deny)
  }
  return layers as GrantChain
}

function checkSet(place: string, set: unknown): asserts set is PermissionSet {
  if (typeof set !== 'object' || set === null || Array.isArray(set))
    throw wrong(place, 'a table of permissions', set)
  for (const [name, values] of Object.entries(set)) {
    const meant = KNOWN.includes(name) ? undefined : nearest(name, KNOWN)
    if (meant !== undefined) throw misspelt(place, name, meant)
    // Text would be taken letter by letter.
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'string' && value))
      throw wrong(`${place}.${name}`, "a list of texts, such as ['./data']", values)
  }
}

function wrong(place: string, expected: string, found: unknown): SpellError {
  const shown = found === null || Array.isArray(found) ? JSON.stringify(found) : typeof found
  const text = `The run got an invalid '${place}': expected ${expected}, found ${shown}.`
  return new SpellError('INPUT_INVALID', text.slice(0, 300), { hint: 'Correct it; nothing ran.' })
}

function misspelt(place: string, name: string, meant: string): SpellError {
  return new SpellError('INPUT_INVALID', `The run got the unknown permission '${place}.${name}'.`, {
    hint: `Did you mean '${meant}'?`,
  })
}

import { readlink } from 'node:fs/promises'
import { dirname, join, parse, resolve, sep } from 'node:path'

const MAX_LINKS = 40

/** Where a path leads, link by link, whether or not anything is there. A loop ends where it is. */
export async function canonical(path: string): Promise<string> {
  const { root } = parse(path)
  const todo = path.slice(root.length).split(sep).filter(Boolean)
  let place = root
  for (let links = 0; todo.length > 0;) {
    const name = todo.shift()!
    const target = links < MAX_LINKS ? await linkTarget(join(place, name)) : undefined
    if (target === undefined) place = name === '..' ? dirname(place) : join(place, name)
    else {
      links++
      const leads = resolve(place, target)
      place = parse(leads).root
      todo.unshift(...leads.slice(place.length).split(sep).filter(Boolean))
    }
  }
  return place
}

function linkTarget(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined)
}

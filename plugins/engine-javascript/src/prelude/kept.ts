/** Guest side of a table that the host keeps: an entry becomes the object's own when it is read. */
export const KEPT_PART = /* js */ String.raw`
const { parse, hasOwn, keysOf, dataOf } = kit
function view(of) {
  const own = {}
  let whole = false
  const load = (name) => {
    if (whole || typeof name !== 'string' || hasOwn(own, name)) return
    const reply = host.kept(of, name)
    if (reply !== '') own[name] = dataOf(reply)
  }
  const fill = () => {
    if (whole) return
    const seen = { ...own }
    for (const name of keysOf(seen)) delete own[name]
    for (const name of parse(host.keptNames(of))) hasOwn(seen, name) ? own[name] = seen[name] : load(name)
    Object.assign(own, seen)
    whole = true
  }
  const filled = (name) => (...args) => { fill(); return Reflect[name](...args) }
  const traps = { get(target, name, self) { load(name); return Reflect.get(target, name, self) } }
  for (const name of ['has', 'ownKeys', 'getOwnPropertyDescriptor', 'set', 'defineProperty', 'deleteProperty', 'preventExtensions']) traps[name] = filled(name)
  return new Proxy(own, traps)
}
return { view }
`

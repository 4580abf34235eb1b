/** The guest's `require`. */
export const REQUIRE_PART = /* js */ String.raw`
const { stringify } = kit
const required = new Map()
function requireFrom(base) {
  return (name) => {
    const file = host.require(stringify([String(name), base]))
    const known = required.get(file)
    if (known) return known.exports
    const module = { exports: {} }
    required.set(file, module)
    try { host.compile(file)(module, module.exports, requireFrom(file)) } catch (error) { required.delete(file); throw error }
    return module.exports
  }
}
return { requireFrom }
`

/** Light userdata that mean something: what a yield to the host carries, and `JSON.null`. */
export const HOST = 1
export const NULL = 2

/** Keys (as light userdata) of what the binding keeps in the registry. */
export const KEYS = {
  /** Coroutines of tasks, as keys. */
  tasks: 0x10,
  /** Functions of the script that the host knows by number. */
  callbacks: 0x11,
  /** Handle to id; weak. */
  ids: 0x12,
  /** Handle to fields; weak. */
  fields: 0x13,
  /** What the prelude files share. */
  host: 0x14,
  error: 0x20,
  array: 0x21,
  object: 0x22,
  bytes: 0x23,
  stream: 0x24,
  kept: 0x25,
  /** Metatables of handle types and of results, by number from here. */
  first: 0x100,
} as const

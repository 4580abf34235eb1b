import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import v8 from 'node:v8'

/** What Node's permission model lets pass: signals and priorities of other processes, and switches of V8 that write files. */
const TAKEN: readonly (readonly [object, readonly string[]])[] = [
  [process, ['kill', '_kill', '_debugProcess', '_debugEnd', 'binding', '_linkedBinding']],
  [os, ['setPriority']],
  [v8, ['setFlagsFromString']],
]

/** To be called before any code of the plugin is there. */
export function takeAway(): void {
  for (const [owner, names] of TAKEN) for (const name of names) Reflect.deleteProperty(owner, name)
  syncBuiltinESMExports()
}

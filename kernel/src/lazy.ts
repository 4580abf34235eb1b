import type * as Tapable from 'tapable'
import type { Range } from 'semver'

/** What is used of semver. */
export interface Semver {
  satisfies(version: string, range: string, options: { readonly includePrerelease: true }): boolean
  readonly Range: typeof Range
}

let hooks: typeof Tapable | undefined
let versions: Semver | undefined

// Most starts need neither library. Their names are written out in calls of `require`, because a
// bundler copies these and leaves them asleep until the call; a static import would run them, and
// `import()` cannot be waited for in synchronous code.

/** tapable, loaded at the first call of a point that has taps. */
export function tapable(): typeof Tapable {
  hooks ??= (
    typeof require === 'function' ? require('tapable') : plain()('tapable')
  ) as typeof Tapable
  return hooks
}

/** semver, loaded when a range is not one of the simple ones. */
export function semver(): Semver {
  versions ??=
    typeof require === 'function'
      ? ({
          satisfies: require('semver/functions/satisfies.js'),
          Range: require('semver/classes/range.js'),
        } as Semver)
      : ({
          satisfies: plain()('semver/functions/satisfies.js'),
          Range: plain()('semver/classes/range.js'),
        } as Semver)
  return versions
}

/** Where the sources run unbundled, as ES modules that have no `require`. */
function plain(): NodeJS.Require {
  return process.getBuiltinModule('node:module').createRequire(`${process.cwd()}/`)
}

import { builtinModules } from 'node:module'

/** One name in all the ways that a plugin's files write it. */
export interface Names {
  /** For npm: `@me/llmspell-weather-report`. */
  readonly package: string
  /** `weather-report` */
  readonly id: string
  /** `weather_report` */
  readonly snake: string
  /** `weatherReport` */
  readonly camel: string
  /** `WeatherReport` */
  readonly pascal: string
  /** `WEATHER_REPORT` */
  readonly upper: string
}

const PACKAGE = /^(?:@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/
const MOST_CHARACTERS = 214
const RESERVED = ['node_modules', 'favicon.ico', ...builtinModules]

/** What is wrong with the name of a package, by npm's rules and those of plugin ids; undefined for a good one. */
export function nameFault(name: string): string | undefined {
  if (name.length > MOST_CHARACTERS) return `at most ${MOST_CHARACTERS} characters`
  if (RESERVED.includes(name)) return 'a name that npm and Node have not taken'
  if (!PACKAGE.test(name)) return 'small letters, digits, dots, dashes and underscores'
  return /^[a-z]/.test(idOf(name)) ? undefined : 'a letter at its beginning'
}

/** The nearest good name, or undefined where nothing of it can be used. */
export function suggestedName(name: string): string | undefined {
  const [, scope = '', own = name] = /^@([^/]*)\/(.*)$/.exec(name) ?? []
  const clean = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9.-]+/g, '-')
      .replaceAll(/^[^a-z]+|[^a-z0-9]+$/g, '')
  const whole = clean(scope) === '' ? clean(own) : `@${clean(scope)}/${clean(own)}`
  const short = whole.slice(0, MOST_CHARACTERS)
  return nameFault(short) === undefined ? short : undefined
}

/** The ways to write a good name. */
export function namesOf(name: string): Names {
  const id = idOf(name)
  const words = id.split('-')
  const pascal = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  const camel = pascal[0]!.toLowerCase() + pascal.slice(1)
  const snake = words.join('_')
  return { package: name, id, snake, camel, pascal, upper: snake.toUpperCase() }
}

/** Without the scope, and without what says that it is a plugin of llmspell. */
function idOf(name: string): string {
  const own = name.replace(/^.*\//, '')
  const short = own.replace(/^llmspell-(?:plugin-)?/, '')
  return (short === '' ? own : short).replaceAll(/[._-]+/g, '-').replace(/-$/, '')
}

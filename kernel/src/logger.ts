import type { Logger } from '@llmspell/sdk'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
type Level = (typeof LEVELS)[number]

/** Warnings and errors as lines on stderr. */
export const stderrLogger: Logger = build((level, message) => {
  if (level === 'warn' || level === 'error') process.stderr.write(`${level}: ${message}\n`)
})

/** The same logger with `plugin` in the data of every message. */
export function loggerFor(logger: Logger, plugin: string): Logger {
  return build((level, message, data) => logger[level](message, { plugin, ...data }))
}

function build(write: (level: Level, message: string, data?: object) => void): Logger {
  const entries = LEVELS.map((level) => [
    level,
    (message: string, data?: object) => write(level, message, data),
  ])
  return Object.fromEntries(entries) as Logger
}

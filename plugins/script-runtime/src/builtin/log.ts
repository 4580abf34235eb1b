import type {
  LogEntry,
  ScriptCall,
  ScriptHandler,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { validators } from '../generated/log.module.validate.js'

function line(level: LogEntry['level']): ScriptHandler {
  return ({ args: [message, data], context }: ScriptCall<[string, Value?]>) => {
    context.log({ level, message, ...(data === undefined ? {} : { data }) })
    return undefined
  }
}

/** Handlers of the module `Log`. */
export const logModule: ScriptModuleHandlers = {
  validators,
  functions: {
    trace: line('trace'),
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
  },
}

import type { ScriptBuilder, ScriptModule } from '@llmspell/sdk'
import { Place } from '@llmspell/sdk/lua'
import type { Core } from './core.ts'
import { preludeHandles } from './handles.ts'
import type { Native } from './machine.ts'

type Steps = ScriptBuilder['methods']

/** The native that makes a builder: its methods come from the description alone. */
export function builderNative(core: Core, module: ScriptModule, builder: ScriptBuilder): Native {
  const steps = stepsOf(module, builder)
  return (L) => {
    const { lua, text } = core.machine
    preludeHandles(core, L)
    core.pushShared(L, 'builder')
    text.push(L, module.name)
    text.push(L, builder.call)
    core.pusher.push(L, steps)
    lua.lua_call(L, 3, 1)
    return 1
  }
}

/** Every key of the option table names itself. */
function stepsOf(module: ScriptModule, builder: ScriptBuilder): Steps {
  const schema = module.functions[builder.call]?.params[0]?.schema
  const keys = schema ? new Place([schema], module.$defs ?? {}).keys() : []
  return { ...Object.fromEntries(keys.map((key) => [key, { path: key }])), ...builder.methods }
}

import type {
  HostCallback,
  SchemaCompiler,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { validators } from '../generated/test.module.validate.js'
import type { TestBenches } from './bench.ts'
import { equal, matches, ok, raises } from './checks.ts'

type Any = Value | undefined

/** Handlers of the script module `Test`. */
export function testModule(benches: TestBenches, schemas: SchemaCompiler): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      case: async ({ args: [name, fn], context }: ScriptCall<[string, HostCallback]>) => {
        await benches.run(name, fn, context)
      },
      equal: ({ args: [actual, expected, message] }: ScriptCall<[Any, Any, string?]>) => {
        equal(actual, expected, message)
      },
      matches: async ({ args: [text, pattern] }: ScriptCall<[string, string]>) => {
        await matches(schemas, text, pattern)
      },
      raises: async ({ args: [fn, code] }: ScriptCall<[HostCallback, string?]>) =>
        (await raises(fn, code)) as unknown as Value,
      ok: ({ args: [value, message] }: ScriptCall<[Any, string?]>) => {
        ok(value, message)
      },
    },
  }
}

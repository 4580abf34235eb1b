import type { ScriptFunction, ScriptModule } from '../contracts/script-module.ts'
import type { Schema } from '../validation.ts'
import type { ModuleBench, NamedFunction } from './module-bench.ts'
import { compile } from './tool-bench.ts'

const PASCAL = /^[A-Z][A-Za-z0-9]*$/
const SNAKE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/
const VERSION = /^\d+\.\d+\.\d+/

/** What is wrong with the description, a line each. */
export async function describedFaults({ module, item, functions }: ModuleBench): Promise<string[]> {
  const { name, version, doc, handles = {} } = module
  return [
    ...(name === item.name ? [] : [`it calls itself '${name}'`]),
    ...(PASCAL.test(name) ? [] : [`'${name}' is not PascalCase`]),
    ...(VERSION.test(version) ? [] : [`'${version}' is no version`]),
    ...(doc ? [] : ['it has no doc']),
    ...Object.keys(handles).flatMap((handle) =>
      PASCAL.test(handle) ? [] : [`'${handle}' is not PascalCase`],
    ),
    ...referenceFaults(module),
    ...(await Promise.all(functions.map((one) => functionFaults(one, module)))).flat(),
  ]
}

function referenceFaults({ fallback, functions, handles = {} }: ScriptModule): string[] {
  const lost = fallback !== undefined && !Object.hasOwn(functions, fallback)
  const streams = Object.entries(handles).filter(
    ([, { iterates, methods }]) => iterates !== undefined && !Object.hasOwn(methods, iterates),
  )
  return [
    ...(lost ? [`its fallback '${fallback}' is none of its functions`] : []),
    ...streams.map(([name, { iterates }]) => `${name} iterates '${iterates}', which it has not`),
  ]
}

async function functionFaults(
  { name, fn }: NamedFunction,
  module: ScriptModule,
): Promise<string[]> {
  const params = fn.params.map((param) => param.name)
  const odd = params.filter((param) => !SNAKE.test(param))
  const needs = (fn.needs ?? []).filter(({ param }) => !params.includes(param))
  const builds = fn.builder && !Object.hasOwn(module.functions, fn.builder.call)
  const broken = await schemaFault(fn, module)
  return [
    ...(SNAKE.test(name.split('.').at(-1) ?? '') ? [] : [`'${name}' is not snake_case`]),
    ...odd.map((param) => `the parameter '${param}' of '${name}' is not snake_case`),
    ...needs.map(({ param }) => `'${name}' needs a permission for '${param}', no parameter of its`),
    ...(builds ? [`the builder '${name}' calls '${fn.builder?.call}', which is not there`] : []),
    ...(broken === undefined ? [] : [`a schema of '${name}' is wrong: ${broken}`]),
  ]
}

async function schemaFault(fn: ScriptFunction, module: ScriptModule): Promise<string | undefined> {
  try {
    await compile(argumentsOf(fn, module))
    if (fn.result) await compile({ ...fn.result, ...defsOf(module) })
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The arguments of a function as an object by parameter name. */
export function argumentsOf({ params }: ScriptFunction, module: ScriptModule): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(params.map(({ name, schema }) => [name, schema])),
    required: params.filter(({ optional }) => !optional).map(({ name }) => name),
    ...defsOf(module),
  }
}

export function defsOf({ $defs }: ScriptModule): { readonly $defs?: Schema } {
  return $defs ? { $defs: $defs as Schema } : {}
}

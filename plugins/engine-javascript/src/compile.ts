import { SpellError, fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { Core } from './core.ts'
import { AS_SCRIPT, STRICT, Thrown } from './quickjs.ts'
import { isModule } from './scan.ts'
import type { Source } from './loader.ts'

const PREFIX = '(function(module,exports,require){'

/** A required file as a function of the guest. @throws SCRIPT_SYNTAX */
export function compile(core: Core, file: string): number {
  const found = core.loader.load(file)
  const source = file.endsWith('.json') ? assignment(found) : found.source
  try {
    return core.machine.evaluate(`${PREFIX}${source}\n})`, file, AS_SCRIPT | STRICT)
  } catch (error) {
    if (!(error instanceof Thrown)) throw error
    throw placed(core.driver.failure(error, true), found)
  }
}

function assignment({ file, source }: Source): string {
  try {
    JSON.parse(source)
  } catch (error) {
    const message = `The file is not JSON: ${(error as Error).message}`
    throw new SpellError('SCRIPT_SYNTAX', message, { where: { file, line: lineOf(error, source) } })
  }
  return `module.exports=JSON.parse(${JSON.stringify(source)})`
}

function lineOf(error: unknown, source: string): number {
  const at = /at position (\d+)/.exec((error as Error).message)?.[1]
  return source.slice(0, at === undefined ? source.length : Number(at)).split('\n').length
}

/** Our prefix stands on the first line. */
function placed(error: SpellError, { file, source }: Source): SpellError {
  if (error.code !== 'SCRIPT_SYNTAX') return error
  const { line = 1, column = 1 } = error.where ?? {}
  const shift = line === 1 ? PREFIX.length : 0
  const where = { file, line, column: Math.max(1, column - shift) }
  const hint = isModule(source) ? { hint: 'Use import.' } : {}
  return fromErrorRecord({ ...toErrorRecord(error), where, ...hint })
}

import { SpellError, type CommandItem, type Value } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { printable } from '../print/escape.ts'
import { out } from '../print/output.ts'
import { ProgressLine } from '../print/progress.ts'
import { Interrupt } from '../run/interrupt.ts'
import { runOptions } from '../run/options.ts'
import { policyChain } from '../run/policy.ts'
import type { Body, Stage } from '../stage.ts'
import { valuesOf } from './values.ts'

/** What a command of a plugin does: its code is loaded when what was given has been checked. */
export function bodyOf(item: CommandItem): Body {
  return async (stage) => {
    const given = valuesOf(item, stage.parsed)
    const options = runOptions({ ...stage.parsed, rest: [] })
    const config = await stage.config()
    const kernel = await stage.open(config)
    const { allow = {}, deny = {} } = options
    const chain = await policyChain(stage, kernel, config, options)
    const grants = chain.grants ?? [{ holder: 'command line', allow, deny }]
    const command = await kernel.extensions.get('commands', item.name)
    const line = new ProgressLine({ quiet: stage.json || stage.quiet })
    const output = new Output(stage)
    using interrupt = new Interrupt()
    try {
      const code = await command.run({
        command: item.name,
        ...given,
        json: stage.json,
        cwd: process.cwd(),
        signal: interrupt.signal,
        grants,
        write: (text) => output.write(text),
        answer: (value) => void (output.result = value),
        progress: (progress) => line.report(progress),
      })
      return output.end(checkedCode(code ?? 0, item.name))
    } finally {
      line.clear()
    }
  }
}

class Output {
  readonly #stage: Stage
  result: Value | undefined

  constructor(stage: Stage) {
    this.#stage = stage
    if (stage.json) stage.printed = []
  }

  write(text: string): void {
    if (this.#stage.printed) this.#stage.printed.push(text)
    else out(printable(text))
  }

  end(code: number): number {
    const { printed } = this.#stage
    if (!printed) return code
    const result = this.result === undefined ? {} : { result: this.result }
    out(`${toJson({ ok: code === 0, code, ...result, output: printed.join('') })}\n`)
    return code
  }
}

function checkedCode(code: number, name: string): number {
  if (Number.isInteger(code) && code >= 0 && code <= 255) return code
  throw new SpellError(
    'INTERNAL',
    `The command '${name}' gave the exit code ${code}, expected 0 to 255.`,
  )
}

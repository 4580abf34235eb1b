import { join } from 'node:path'
import { fromErrorRecord, type EngineItem, type ReplOptions } from '@llmspell/sdk'
import { exitCode } from '../exit.ts'
import { errorItems } from '../kernel/open.ts'
import { dataFolder } from '../places.ts'
import { printable } from '../print/escape.ts'
import { failureText } from '../print/failure.ts'
import { out } from '../print/output.ts'
import { ProgressLine } from '../print/progress.ts'
import { painter } from '../print/style.ts'
import { answering, asking } from '../run/ask.ts'
import { pickEngine } from '../run/engine.ts'
import { isOn, runOptions, text } from '../run/options.ts'
import { policyChain } from '../run/policy.ts'
import { wires } from '../run/wires.ts'
import type { Stage } from '../stage.ts'
import { withinNamed } from './within-named.ts'

/** A session on this terminal, or of what comes through stdin. @returns its exit code */
export async function startRepl(stage: Stage): Promise<number> {
  const { parsed } = stage
  const options = runOptions(parsed)
  const config = await stage.config()
  const kernel = await stage.open(config)
  const engines = kernel.extensions.list<EngineItem & Record<string, unknown>>('engines')
  const engine = pickEngine(engines, '', text(parsed, 'engine'), config.engine)
  const line = new ProgressLine({ quiet: stage.json || stage.quiet })
  const repl = await kernel.use('repl')
  const model = config.model === undefined ? {} : { model: config.model }
  const given = {
    ...options,
    ...(await policyChain(stage, kernel, config, options)),
    ...meeting(stage, line),
    engine: engine.name,
    json: stage.json,
    keepGoing: isOn(parsed, 'keep-going'),
  }
  const settings = { ...model, ...options.settings }
  const { failure } = await withinNamed(kernel, text(parsed, 'session'), (joined) =>
    repl.open({ ...given, ...joined.named, settings: { ...settings, ...joined.settings } }),
  )
  line.clear()
  return failure ? exitCode(fromErrorRecord(failure), errorItems(kernel)) : 0
}

type Meeting = Pick<
  ReplOptions,
  'input' | 'terminal' | 'face' | 'colour' | 'history' | 'env' | 'asking' | 'log' | 'onProgress'
>

/** The person at the terminal, or the program at the other end of the pipe. */
function meeting(stage: Stage, line: ProgressLine): Meeting {
  const { parsed } = stage
  const { stdin, stdout, stderr, env } = process
  const { log, onProgress } = wires(stage, line)
  const isTerminal = stdin.isTTY && stdout.isTTY && !stage.json
  const paint = painter(stderr.isTTY)
  const history = historyFile(stage)
  return {
    input: stdin,
    ...(isTerminal ? { terminal: stdout } : {}),
    ...(isTerminal && history !== undefined ? { history } : {}),
    colour: painter(stdout.isTTY)('bold', '') !== '',
    env,
    log: log!,
    onProgress: onProgress!,
    asking: (read) => ({
      ...asking(parsed, line, undefined, read),
      ...answering(parsed, line, read),
    }),
    face: {
      write: stage.json ? out : (words) => line.print(printable(words)),
      say: (words) => line.line(words),
      failure: (error, entry) =>
        failureText(fromErrorRecord(error), paint, { file: error.where?.file ?? '', text: entry }),
      draw: (drawing) => line.print(drawing),
      rest: () => line.clear(),
    },
  }
}

function historyFile({ parsed }: Stage): string | undefined {
  if (isOn(parsed, 'no-history')) return undefined
  const data = dataFolder(process.env, process.platform)
  return data === undefined ? undefined : join(data, 'history')
}

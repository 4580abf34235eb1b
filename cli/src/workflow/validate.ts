import { plain } from '../print/escape.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter, type Paint } from '../print/style.ts'
import { EXIT_CODES } from '../exit.ts'
import { readSource } from '../run/source.ts'
import type { Stage } from '../stage.ts'
import { workflowFilesOf, type FileProblem, type FileReport } from './service.ts'

/** Prints all that is wrong with a workflow file. @returns the exit code */
export async function validateFile(stage: Stage): Promise<number> {
  const { file, text } = readSource(stage.parsed.args[0]!)
  const { kernel, files } = await workflowFilesOf(stage)
  const tools = kernel.extensions.list('tools').map(({ name }) => name)
  const report = await files.validate(text, file, { tools })
  const { name, problems } = report
  const ok = problems.length === 0
  out(stage.json ? `${toJson({ ok, file, name, problems })}\n` : page(file, report))
  return ok ? 0 : EXIT_CODES.input
}

function page(file: string, { name, problems }: FileReport): string {
  const paint = painter(process.stdout.isTTY)
  if (problems.length === 0) return `${plain(file)}: the workflow '${plain(name)}' is sound\n`
  return problems.map((problem) => row(file, problem, paint)).join('')
}

function row(
  file: string,
  { path, message, hint, line, column }: FileProblem,
  paint: Paint,
): string {
  const at = line === undefined ? plain(file) : `${plain(file)}:${line}:${column}`
  const subject = path === '' ? '' : `${paint('bold', plain(path))}: `
  const cure = hint === undefined ? '' : `  ${paint('cyan', 'hint')}: ${plain(hint)}\n`
  return `${paint('blue', at)}: ${subject}${plain(message)}\n${cure}`
}

import type { Kernel } from '@llmspell/kernel'
import type { Services, SpellError } from '@llmspell/sdk'
import type { Stage } from '../stage.ts'

/** What we ask of the service `workflow-files`, whichever plugin provides it. */
export interface WorkflowFiles {
  validate(
    text: string,
    file: string,
    names: { readonly tools: readonly string[] },
  ): Promise<FileReport>
  failure(file: string, report: FileReport): SpellError
  graph(text: string, file: string, format: 'mermaid' | 'text'): Promise<string>
  schema(): Promise<string>
}

export interface FileReport {
  readonly name: string
  readonly problems: readonly FileProblem[]
}

export interface FileProblem {
  readonly path: string
  readonly kind: string
  readonly message: string
  readonly hint?: string
  readonly line?: number
  readonly column?: number
}

/** The service and the kernel that it is in. */
export async function workflowFilesOf(
  stage: Stage,
): Promise<{ kernel: Kernel; files: WorkflowFiles }> {
  const kernel = await stage.open(await stage.config())
  const files = await kernel.use('workflow-files' as keyof Services)
  return { kernel, files: files as unknown as WorkflowFiles }
}

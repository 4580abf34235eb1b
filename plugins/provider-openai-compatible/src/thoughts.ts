/** What the AI SDK's models have that matters here. */
interface Doer {
  readonly specificationVersion: string
  readonly provider: string
  readonly modelId: string
  readonly supportedUrls: unknown
  doGenerate(options: never): PromiseLike<{ readonly content: readonly Part[] }>
  doStream(options: never): PromiseLike<{ readonly stream: ReadableStream<Part> }>
}

interface Part {
  readonly type: string
}

/** The model with a mark at its thoughts: what has one is sent back with the conversation. */
export function withThoughts(doer: Doer, name: string): object {
  const marked = (part: Part): Part =>
    part.type === 'reasoning' || part.type === 'reasoning-end'
      ? ({ ...part, providerMetadata: { [name]: { back: true } } as object } as Part)
      : part
  const { specificationVersion, provider, modelId, supportedUrls } = doer
  return {
    specificationVersion,
    provider,
    modelId,
    supportedUrls,
    async doGenerate(options: never) {
      const answer = await doer.doGenerate(options)
      return { ...answer, content: answer.content.map(marked) }
    },
    async doStream(options: never) {
      const answer = await doer.doStream(options)
      const transform = (part: Part, to: TransformStreamDefaultController<Part>): void =>
        to.enqueue(marked(part))
      return { ...answer, stream: answer.stream.pipeThrough(new TransformStream({ transform })) }
    },
  }
}

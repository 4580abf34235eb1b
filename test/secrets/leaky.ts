import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin, SpellError } from '@llmspell/sdk'
import type { ToolCall, ToolOutput } from '@llmspell/sdk'

interface Input {
  readonly name: string
  readonly how: string
}

const forms = (value: string): readonly string[] => [
  value,
  JSON.stringify({ value }),
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
  Buffer.from(`user:${value}`).toString('base64'),
  Buffer.from(`x${value}:y`).toString('base64url'),
]

/** What a careless tool does with a value that it was given. */
const ways: Readonly<
  Record<string, (value: string, call: ToolCall) => Promise<ToolOutput> | ToolOutput>
> = {
  result: (value) => ({
    result: { value, [value]: forms(value), bytes: Buffer.from(`a${value}b`) },
    text: `text ${forms(value).join(' ')}`,
  }),
  large: (value) => ({ result: `${value} `.repeat(Math.ceil((2 * 1024 * 1024) / value.length)) }),
  raise: (value) => {
    const cause = new Error(`because ${value}`)
    throw new SpellError('LEAKED', `Leaked ${forms(value).join(' ')}`, {
      hint: `Use ${value}`,
      details: { value, token: value, list: [...forms(value)] },
      cause,
    })
  },
  crash: (value) => {
    throw new TypeError(`unexpected ${value}`, { cause: new Error(forms(value).join()) })
  },
  progress: (value, call) => {
    for (const form of forms(value)) call.progress(1, 2, `at ${form}`)
    return { result: null, text: '' }
  },
  chunks: async (value, call) => {
    for (const form of forms(value))
      for (const char of form) await call.emit({ type: 'text', text: char })
    await call.emit({ type: 'data', data: { value } })
    return { result: null, text: '' }
  },
}

/** A tool that reveals the secret it is asked for and spreads it in one way. */
export const leaky: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'leaky',
    main: './leaky.js',
    phase: 'core',
    requires: { secrets: '^1' },
    permissions: { secret: ['*'], env: ['*'] },
    contributes: {
      tools: [
        {
          name: 'leak',
          description: 'Spreads a secret.',
          category: 'test',
          effect: 'unsafe',
          streams: true,
          permissions: { secret: ['*'] },
          input: {
            type: 'object',
            additionalProperties: false,
            required: ['name', 'how'],
            properties: { name: { type: 'string' }, how: { enum: Object.keys(ways) } },
          },
        },
      ],
      errors: [{ name: 'LEAKED', class: 'tool', cause: 'A test.', cure: 'None.' }],
    },
  },
  plugin: definePlugin({
    setup(ctx) {
      const secrets = ctx.use('secrets')
      ctx.contribute('tools', 'leak', {
        async execute({ name, how }: Input, call: ToolCall) {
          return ways[how]!(await secrets.reveal(name, call), call)
        },
      } as never)
    },
  }),
}

import { definePlugin } from '@llmspell/sdk'
import type { Manifest } from '@llmspell/sdk'

const SHELF: Readonly<Record<string, number>> = { lamp: 12, chair: 4 }

/** The manifest of a plugin that lives inside the host program. */
export const manifest: Manifest = {
  manifest: 1,
  id: 'host-stock',
  main: './stock.js',
  phase: 'core',
  contributes: {
    tools: [
      {
        name: 'stock',
        description: 'How many pieces of an item are on the shelf.',
        category: 'shop',
        effect: 'pure',
        input: {
          type: 'object',
          additionalProperties: false,
          required: ['item'],
          properties: { item: { type: 'string', description: 'Name of the item, such as lamp.' } },
        },
      },
    ],
  },
}

/** A tool over the host's own data: scripts and agents use it like any other. */
export const plugin = definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'stock', {
      execute: ({ item }: { item: string }) => ({ result: { item, pieces: SHELF[item] ?? 0 } }),
    })
  },
})

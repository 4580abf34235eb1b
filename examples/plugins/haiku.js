/* llmspell
{
  "version": "1.0.0",
  "description": "Haiku: a tool that streams, a command that calls it, and a hook that signs what it wrote.",
  "contributes": {
    "tools": [
      {
        "description": "Writes a haiku about a season, line by line.",
        "input": { "season": { "enum": ["spring", "summer", "autumn", "winter"] } }
      }
    ],
    "hooks": ["tool.output"],
    "commands": [
      {
        "name": "haiku",
        "summary": "Write a haiku",
        "args": [{ "name": "season", "summary": "spring, summer, autumn or winter", "required": true, "choices": ["spring", "summer", "autumn", "winter"] }],
        "flags": [{ "name": "loud", "type": "boolean", "summary": "In capital letters" }],
        "examples": [{ "command": "haiku winter", "description": "One about winter" }]
      }
    ]
  }
}
*/

const LINES = {
  spring: ['a door is open', 'the rain has walked in and sits', 'on the warm doormat'],
  summer: ['the road hums at noon', 'one bee reads the whole meadow', 'and starts from the top'],
  autumn: ['the tree lets go first', 'then the wind learns what to do', 'with so many hands'],
  winter: ['snow on the doorbell', 'nobody has come to ring', 'the silence answers'],
}

export default {
  tools: {
    async haiku({ season }, call) {
      for (const line of LINES[season]) await call.emit(`${line}\n`)
      return LINES[season].join('\n')
    },
  },
  hooks: {
    'tool.output': (ctx) => {
      if (ctx.data.tool !== 'haiku') return
      const { output } = ctx.data
      return Hook.modify({
        ...ctx.data,
        output: { ...output, text: `${output.result}\n(a machine wrote this)` },
      })
    },
  },
  commands: {
    async haiku({ args, flags }) {
      const { text } = await Tool.execute('haiku', { season: args.season })
      print(flags.loud ? text.toUpperCase() : text)
    },
  },
}

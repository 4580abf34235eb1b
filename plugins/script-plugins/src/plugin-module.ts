import type { Schema, ScriptModule } from '@llmspell/sdk'

const OPEN: Schema = { type: 'object', 'x-open': true }

const functions = (params: readonly object[]): Schema => ({
  type: 'object',
  'x-open': true,
  additionalProperties: { 'x-callback': { params, result: {} } },
})

/** The module by which a script plugin hands its functions over: the code in front of it calls it, and no script has to. */
export const PLUGIN: ScriptModule = {
  name: 'Plugin',
  version: '1.0.0',
  doc: 'The functions of a script plugin.',
  fields: { config: { type: 'object', 'x-open': true, description: 'Its section of the config.' } },
  functions: {
    define: {
      doc: 'Hands over what the file returned.',
      params: [
        {
          name: 'plugin',
          optional: true,
          schema: {
            type: 'object',
            'x-open': true,
            properties: {
              tools: functions([
                { name: 'params', schema: OPEN },
                { name: 'call', schema: { 'x-handle': 'ToolCall' } },
              ]),
              hooks: functions([{ name: 'ctx', schema: OPEN }]),
              commands: functions([{ name: 'call', schema: OPEN }]),
            },
          },
        },
      ],
    },
  },
}

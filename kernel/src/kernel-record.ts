import { ERROR_CLASSES, type Manifest } from '@llmspell/sdk'
import { KERNEL_ERRORS } from './codes.ts'
import { KERNEL_POINTS } from './kernel-points.ts'
import { recordOf, type PluginRecord } from './record.ts'
import { SDK_VERSION } from './version.ts'

const ERROR_ITEM = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'class', 'cause', 'cure'],
  properties: {
    name: { type: 'string' },
    class: { enum: ERROR_CLASSES },
    cause: { type: 'string' },
    cure: { type: 'string' },
  },
}

const HOST_ITEM = {
  type: 'object',
  required: ['name', 'service', 'points'],
  properties: { name: { type: 'string' }, service: { type: 'string' } },
}

const manifest: Manifest = {
  manifest: 1,
  id: 'kernel',
  main: './index.js',
  phase: 'infrastructure',
  provides: { extensions: '1.0.0', hooks: '1.0.0', schemas: '1.0.0', plugins: '1.0.0' },
  contributes: {
    points: { errors: ERROR_ITEM, pluginHosts: HOST_ITEM },
    errors: KERNEL_ERRORS,
    hookPoints: KERNEL_POINTS,
  },
}

/** The kernel as the owner of its services, hook points and codes, like any plugin. */
export const KERNEL_RECORD: PluginRecord = recordOf(manifest, {
  package: '@llmspell/kernel',
  version: SDK_VERSION,
  source: 'kernel',
  root: undefined,
  engine: undefined,
  inline: undefined,
})

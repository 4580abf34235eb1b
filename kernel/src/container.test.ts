import { describe, expect, test } from 'vitest'
import { record } from '../test/plugins.ts'
import { createParts } from './container.ts'
import { KERNEL_RECORD } from './kernel-record.ts'
import { stderrLogger } from './logger.ts'
import { limitsOf } from './options.ts'
import { resolve } from './resolve.ts'
import { UndoList } from './undo.ts'

function parts() {
  const clock = record('clock', { provides: { clock: '1.0.0' } })
  const plan = resolve([clock], { kernel: KERNEL_RECORD })
  return createParts({
    plan,
    limits: limitsOf({}),
    logger: stderrLogger,
    sections: {},
    options: {},
  })
}

describe('the container', () => {
  test('builds each part once, also where parts know each other', () => {
    const made = parts()
    expect(made.lifecycle).toBe(made.lifecycle)
    expect(made.hooks).toBe(made.hooks)
    expect(made.scopes.open).toBe(0)
  })

  test('gives a scope the services as they are now', () => {
    const { scopes, services } = parts()
    const scope = scopes.create('user', new UndoList())
    expect(scope.service('clock')).toBeUndefined()
    const undo = services.set('clock', 'first')
    expect(scope.service('clock')).toBe('first')
    services.set('clock', 'second')
    undo()
    expect(scope.service('clock')).toBe('second')
  })

  test('gives each scope hooks of its own, and the same extensions', () => {
    const { scopes, extensions } = parts()
    const [a, b] = ['a', 'b'].map((id) => scopes.create(id, new UndoList()))
    expect(a!.service('hooks')).toBe(a!.service('hooks'))
    expect(a!.service('hooks')).not.toBe(b!.service('hooks'))
    expect(a!.service('extensions')).toBe(extensions)
    expect(a!.service('nothing')).toBeUndefined()
  })

  test('counts open scopes', () => {
    const { scopes } = parts()
    const scope = scopes.create('a', new UndoList())
    expect(scopes.open).toBe(1)
    scope.close()
    expect(scopes.open).toBe(0)
  })
})

import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'

// Packages are read from their sources, so that unit tests need no build.
const conditions = ['@llmspell/source', 'module', 'node', 'development|production']
const resolve = { conditions }
const ssr = { resolve: { conditions, externalConditions: conditions } }
const packages = '{sdk,kernel,cli,cli/runtime,plugin-template,plugins/*,examples/*}'

/** Most files wait for processes of their own: a core that is kept free for vitest would be idle. */
const CORES = availableParallelism()

/** What measures time runs alone, after everything else. */
const timed = ['test/runtime/limits.test.ts', 'test/corpus.test.ts', 'test/corpus/scripts.test.ts']

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          maxWorkers: CORES,
          pool: 'threads',
          // Two cores may be shared by as many test files: a limit is for what hangs.
          testTimeout: 30_000,
          include: [
            `${packages}/src/**/*.test.ts`,
            `${packages}/test/**/*.test.ts`,
            'plugin-template/templates/*/src/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, '**/dist/**'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'system',
          sequence: { groupOrder: 0 },
          maxWorkers: CORES,
          pool: 'forks',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, '**/dist/**', 'test/fixtures/**', ...timed],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'timed',
          pool: 'forks',
          include: timed,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

import { configDefaults, defineConfig } from 'vitest/config'

// Packages are read from their sources, so that unit tests need no build.
const conditions = ['@llmspell/source', 'module', 'node', 'development|production']
const resolve = { conditions }
const ssr = { resolve: { conditions, externalConditions: conditions } }
const packages = '{sdk,kernel,cli,plugin-template,plugins/*,examples/*}'

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          pool: 'threads',
          // Two cores may be shared by as many test files: a limit is for what hangs.
          testTimeout: 30_000,
          include: [`${packages}/src/**/*.test.ts`, `${packages}/test/**/*.test.ts`],
          exclude: [...configDefaults.exclude, '**/dist/**'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'system',
          pool: 'forks',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, '**/dist/**', 'test/fixtures/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

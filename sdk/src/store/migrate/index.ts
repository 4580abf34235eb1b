export { finishMigration } from './finish.ts'
export { migrate } from './migrate.ts'
export { schemaVersions, STATE_SCOPE } from './registry.ts'

export { migrate } from './migrate.ts'
export { schemaVersions, STATE_SCOPE } from './registry.ts'
export { finishMigration } from './switch.ts'

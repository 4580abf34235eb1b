export { check } from './check.ts'
export { diff } from './diff.ts'
export { patch } from './patch.ts'
export { query } from './query.ts'

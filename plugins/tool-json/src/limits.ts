/**
 * Levels of a document. A call carries 64, of which the result of a tool needs four for itself.
 */
export const MAX_DEPTH = 60
/** Members and elements of a document. */
export const MAX_PARTS = 200_000
/** Characters of all texts in a result. */
export const MAX_RESULT = 1024 * 1024
/** Wall time of work that may blow up. */
export const DEADLINE_MS = 2000
export const MEMORY_BYTES = 64 * 1024 * 1024

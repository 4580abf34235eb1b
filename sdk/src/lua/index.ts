/**
 * What every engine for Lua needs and none should write again: Lua code in what versions 5.3 and 5.4 have in common, and
 * pure helpers. An engine runs the sources with one argument, the table of what they share.
 */
export { ASYNC } from './async.ts'
export { BASE } from './base.ts'
export { COROUTINES } from './coroutines.ts'
export { HANDLES } from './handles.ts'
export { STREAMS, STREAM_METHODS } from './streams.ts'
export * from './args.ts'
export * from './date.ts'
export * from './duration.ts'
export * from './hints.ts'
export * from './names.ts'
export * from './persistent.ts'
export * from './place.ts'
export * from './shown.ts'
export * from './syntax.ts'
export * from './words.ts'

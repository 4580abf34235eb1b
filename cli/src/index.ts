export { BORROWED, CLI_ERRORS } from './codes.ts'
export { EXIT_CODES, EXIT_PIPE } from './exit.ts'

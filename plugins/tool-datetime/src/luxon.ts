/** The library, handed on after it was imported: it costs too much for every start. */
export type Luxon = typeof import('luxon')

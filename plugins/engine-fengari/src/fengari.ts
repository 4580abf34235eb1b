import * as module from 'fengari'
import type { Fengari } from './api.ts'

/** The copy of fengari that this package brings along. */
export const OWN_FENGARI: Fengari = module

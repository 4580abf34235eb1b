import type { Session } from './session.ts'
import type { Show } from './show.ts'

/** A session with where it is shown. */
export interface Stage {
  readonly session: Session
  readonly show: Show
}

import type { Files, Http, Secrets } from '@llmspell/sdk'
import type { OpenCall } from './open-call.ts'

/** The services that the plugin was given by the kernel. */
export interface Ports {
  readonly files?: Files | undefined
  readonly http?: Http | undefined
  readonly secrets?: Secrets | undefined
}

/** What a plugin may ask for in a call, by its word on the line. */
export type Verbs<Service> = Readonly<
  Record<
    string,
    (open: OpenCall, service: Service, args: readonly unknown[], pull: Pull) => unknown
  >
>

/** Takes the next piece of a stream of the other side; null at its end. */
export type Pull = (stream: unknown) => Promise<unknown>

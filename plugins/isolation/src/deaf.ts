/**
 * Has this process ignore the signal with which any program of the user opens Node's inspector, and runs
 * code in here through it. The listener stays: without one the signal would end the process.
 */
export function ignoreInspectorSignal(): void {
  if (process.listenerCount('SIGUSR1') === 0) process.on('SIGUSR1', () => undefined)
}

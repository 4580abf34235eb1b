/** Sends a signal where there is somebody to get it; a negative pid is a group. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already, or never ours.
  }
}

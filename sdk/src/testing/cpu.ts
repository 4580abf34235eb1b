/** ms of CPU that this thread has used so far: however busy the machine is, the same work takes the same. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

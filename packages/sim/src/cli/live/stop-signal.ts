/** Waits until somebody asks this process to end. A second signal ends it the hard way. */
export function stopSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(signal));
  });
}

/**
 * process: runs generator processes (base's `Process`) under any clock.
 *
 * `ProcessScheduler` resumes processes when a signal they wait for is raised or their deadline
 * comes; `ProcessTask` is one process on its way. The simulation gives it virtual time,
 * `sim/src/node` gives it a monotonic clock and sockets: the programs cannot tell the difference.
 * Deliberately absent: a clock, an event queue, promises.
 */
export * from './scheduler.ts';
export * from './task.ts';

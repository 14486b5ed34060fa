/**
 * engine: virtual time. One queue of what is due, ordered by time and then by order of insertion; the
 * clock moves to each due time and never past it. Start reading at `event-queue.ts`.
 */
export * from './event-queue.ts';

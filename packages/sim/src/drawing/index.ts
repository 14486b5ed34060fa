/**
 * drawing: runs and machines as text and pictures. `ladder.ts` is the ladder of a terminal,
 * `sequence-svg.ts` the same run as a picture, `state-paths.ts` the way of each connection,
 * `machine-….ts` the state machines themselves.
 *
 * Start reading at `story.ts`: it puts a run's records together, and every drawing of a run begins
 * there. Everything is a pure function of a trace or of a machine's description. Deliberately absent:
 * knowledge of a terminal or a browser; colours come from outside.
 */
export * from './flight.ts';
export * from './ladder.ts';
export * from './ladder-rows.ts';
export * from './packet-label.ts';
export * from './paint.ts';
export * from './relative-numbers.ts';
export * from './step-text.ts';
export * from './story.ts';
export * from './time-scale.ts';
export * from './sequence-svg.ts';
export * from './machine-layout.ts';
export * from './machine-mermaid.ts';
export * from './machine-svg.ts';
export * from './machine-table.ts';
export * from './state-paths.ts';
export { element, escapeXml } from './svg.ts';
export { filled, FONT, themeStyle } from './svg-theme.ts';

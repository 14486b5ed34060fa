/**
 * trace: what happened in a run, as records. `record.ts` is the format, `recorder.ts` turns what hosts,
 * connections and links tell into records, `hash.ts` fingerprints the stream, `ndjson.ts` writes it.
 *
 * Traces stream: nothing is kept here; who wants to keep records attaches a sink that does.
 */
export * from './describe-packet.ts';
export * from './ndjson.ts';
export * from './note-record.ts';
export * from './reader.ts';
export * from './record.ts';
export * from './recorder.ts';
export * from './sink.ts';

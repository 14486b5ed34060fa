import type { Note } from '@tcplab/core';
import type { TraceRecord } from './record.ts';

type NoteRecord = Extract<TraceRecord, { readonly kind: 'note' }>;

/** What a layer above TCP tells, as a record; its number and its time are the caller's to add. */
export function noteRecord(host: string, note: Note): Omit<NoteRecord, 'id' | 'timeUs'> {
  return {
    kind: 'note',
    host,
    layer: note.layer,
    name: note.kind,
    ...(note.stream === undefined ? {} : { stream: note.stream }),
    ...(note.data === undefined ? {} : { data: note.data }),
    ...(note.cause === undefined ? {} : { rule: note.cause.rule.id }),
    why: note.text,
  };
}

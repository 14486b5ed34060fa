/**
 * export: a run for other programs. Captures for Wireshark (`pcapng.ts`) and older tools (`pcap.ts`),
 * the truth beside them (`truth.ts`), tables, documents and diagrams.
 *
 * Start reading at `tap.ts`: where a capture is taken decides what is in it. Captures are written a
 * piece at a time. Everything is a pure function of a trace; nothing here opens a file.
 */
export * from './capture-writer.ts';
export * from './octets.ts';
export * from './pcap.ts';
export * from './pcapng.ts';
export * from './tap.ts';
export * from './truth.ts';
export * from './csv.ts';
export * from './describe-record.ts';
export * from './html.ts';
export * from './json.ts';
export * from './key-log.ts';
export * from './mermaid-sequence.ts';

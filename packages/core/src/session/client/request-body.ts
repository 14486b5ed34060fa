/** What a program may send as content, and what goes on the wire for it. */
import { bytesPayload, type Payload } from '../../base/payload.ts';
import { percentEncode } from '../../base/percent.ts';
import type { Process } from '../../base/process.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { MultipartForm } from './multipart-form.ts';

export type Chunk = string | Uint8Array | Payload;

/** Writes content piece by piece and may wait in between; each piece becomes a chunk. */
export type ChunkProducer = (write: (chunk: Chunk) => Process) => Process;

/** Names and values of a form; a list gives the name several times. */
export type FormFields = { readonly [name: string]: string | readonly string[] };

/**
 * Text, bytes, a described payload, a form (`{ name: value }`), a multipart form, or chunks: a list of
 * pieces or a process that writes them.
 */
export type RequestData =
  | string
  | Uint8Array
  | Payload
  | FormFields
  | MultipartForm
  | readonly Chunk[]
  | ChunkProducer;

export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'whole'; readonly content: Payload; readonly contentType: string }
  | {
      readonly kind: 'chunks';
      readonly produce: ChunkProducer;
      /** Whether it can be produced once more, for a retry or a redirect. */
      readonly repeatable: boolean;
      readonly contentType: string;
    };

export const NO_BODY: RequestBody = { kind: 'none' };

/** @param boundary makes the text between the parts of a multipart form. */
export function requestBody(data: RequestData, boundary: () => string): RequestBody {
  if (typeof data === 'string') return whole(utf8Bytes(data), 'text/plain; charset=utf-8');
  if (data instanceof Uint8Array) return whole(data, 'application/octet-stream');
  if (typeof data === 'function') {
    const contentType = 'application/octet-stream';
    return { kind: 'chunks', produce: data, repeatable: false, contentType };
  }
  if (data instanceof MultipartForm) {
    const text = boundary();
    return whole(data.encode(text), `multipart/form-data; boundary=${text}`);
  }
  if (isList(data)) {
    const contentType = 'application/octet-stream';
    return { kind: 'chunks', produce: producerOf(data), repeatable: true, contentType };
  }
  if (isPayload(data)) {
    return { kind: 'whole', content: data, contentType: 'application/octet-stream' };
  }
  return whole(utf8Bytes(encodeForm(data)), 'application/x-www-form-urlencoded');
}

/** JSON text as content. */
export function jsonBody(text: string): RequestBody {
  return whole(utf8Bytes(text), 'application/json');
}

/** `name=value&…` with everything but unreserved characters encoded, spaces as `+`. */
export function encodeForm(fields: FormFields | readonly (readonly [string, string])[]): string {
  const pairs: (readonly [string, string])[] = [];
  if (isPairs(fields)) pairs.push(...fields);
  else {
    for (const name of Object.keys(fields)) {
      const value = fields[name]!;
      for (const each of typeof value === 'string' ? [value] : value) pairs.push([name, each]);
    }
  }
  return pairs.map(([name, value]) => `${encodeWord(name)}=${encodeWord(value)}`).join('&');
}

function encodeWord(text: string): string {
  return percentEncode(text, 'parameter').replaceAll('%20', '+');
}

/** The octets of a piece; a described payload stays described. */
export function chunkPayload(chunk: Chunk): Payload {
  if (typeof chunk === 'string') return bytesPayload(utf8Bytes(chunk));
  return chunk instanceof Uint8Array ? bytesPayload(chunk) : chunk;
}

/** Whether a request with this content can be sent a second time. */
export function isRepeatable(body: RequestBody): boolean {
  return body.kind !== 'chunks' || body.repeatable;
}

function whole(bytes: Uint8Array, contentType: string): RequestBody {
  return { kind: 'whole', content: bytesPayload(bytes), contentType };
}

function producerOf(chunks: readonly Chunk[]): ChunkProducer {
  return function* produce(write) {
    for (const chunk of chunks) yield* write(chunk);
  };
}

function isList(data: object): data is readonly Chunk[] {
  return Array.isArray(data);
}

function isPairs(fields: object): fields is readonly (readonly [string, string])[] {
  return Array.isArray(fields);
}

function isPayload(data: object): data is Payload {
  return 'toBytes' in data && typeof data.toBytes === 'function';
}

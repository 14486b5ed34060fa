import { base64, base64Bytes, latin1Bytes, sha1, type RandomStream } from '../../base/index.ts';

/** RFC 6455 §1.3: a value that no server answers with by accident. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** RFC 6455 §4.1: sixteen random octets in base 64. */
export function newKey(random: RandomStream): string {
  return base64(random.bytes(16));
}

/** Whether a client's key has the form that RFC 6455 §4.2.1 asks for. */
export function isKey(key: string): boolean {
  return /^[A-Za-z0-9+/]{22}==$/.test(key) && base64Bytes(key)?.length === 16;
}

/** RFC 6455 §4.2.2: what Sec-WebSocket-Accept says to this key. */
export function acceptKey(key: string): string {
  return base64(sha1(latin1Bytes(key + GUID)));
}

/** ServerKeyExchange and ClientKeyExchange for ECDHE in TLS 1.2 (RFC 8422 §5.4, §5.7). */
import { concatBytes } from '../../base/bytes.ts';
import { Writer } from '../codec/writer.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { encodeMessage, parseBody, type HandshakeMessage } from './message.ts';

const NAMED_CURVE = 3;

export interface ServerKeyExchange {
  readonly group: number;
  readonly key: Uint8Array;
  readonly scheme: number;
  readonly signature: Uint8Array;
}

/** ServerECDHParams: what is signed together with both randoms. */
function keyExchangeParameters(group: number, key: Uint8Array): Uint8Array {
  return new Writer().u8(NAMED_CURVE).u16(group).vector(1, key).toBytes();
}

export function writeServerKeyExchange(exchange: ServerKeyExchange): HandshakeMessage {
  const body = new Writer()
    .bytes(keyExchangeParameters(exchange.group, exchange.key))
    .u16(exchange.scheme)
    .vector(2, exchange.signature)
    .toBytes();
  return encodeMessage('ServerKeyExchange', body);
}

export function readServerKeyExchange(message: HandshakeMessage): ServerKeyExchange | Refusal {
  return parseBody('the ServerKeyExchange', message.body, (reader) => {
    const curveType = reader.u8();
    if (curveType !== NAMED_CURVE && !reader.failed) {
      reader.rest();
      const why = `the curve is given in the form ${curveType}, not by name`;
      return refuse('illegal_parameter', RULES.serverKeyExchange, why);
    }
    const group = reader.u16();
    const key = reader.vector8(1);
    return { group, key, scheme: reader.u16(), signature: reader.vector16() };
  });
}

export function signedKeyExchange(
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
  { group, key }: { readonly group: number; readonly key: Uint8Array },
): Uint8Array {
  return concatBytes([clientRandom, serverRandom, keyExchangeParameters(group, key)]);
}

export function writeClientKeyExchange(key: Uint8Array): HandshakeMessage {
  return encodeMessage('ClientKeyExchange', new Writer().vector(1, key).toBytes());
}

export function readClientKeyExchange(message: HandshakeMessage): Uint8Array | Refusal {
  return parseBody('the ClientKeyExchange', message.body, (reader) => reader.vector8(1));
}

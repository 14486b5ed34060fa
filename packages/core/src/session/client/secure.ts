import type { ByteStream } from '../../base/byte-stream.ts';
import type { Process } from '../../base/process.ts';

/** Makes a stream secure: a TLS handshake with the server that is called `host`. */
export type Secure = (
  stream: ByteStream,
  peer: { readonly host: string; readonly alpn: readonly string[] },
) => Process<ByteStream>;

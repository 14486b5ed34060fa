import {
  CallError,
  ConnectionError,
  latin1Text,
  type ByteStream,
  type Process,
  type ProgramHost,
  type StreamListener,
} from '@tcplab/core';

export interface ServeTlsOptions {
  readonly secure: (stream: ByteStream) => Process<ByteStream>;
  /** Answer one HTTP request and close; else echo. */
  readonly www: boolean;
}

/** TLS with nothing above it: an echo of octets, or one page, as `openssl s_server -www` gives. */
export function* serveTls(
  host: ProgramHost,
  listener: StreamListener,
  options: ServeTlsOptions,
): Process {
  try {
    for (;;) {
      const stream = yield* listener.accept();
      host.spawn(serveOne(stream, options), `tls ${stream.label}`);
    }
  } catch (error) {
    if (!(error instanceof CallError && error.reason === 'listener closed')) throw error;
  }
}

function* serveOne(stream: ByteStream, { secure, www }: ServeTlsOptions): Process {
  let top = stream;
  try {
    top = yield* secure(stream);
    if (www) yield* onePage(top);
    else yield* echo(top);
  } catch (error) {
    // The notes of the handshake have told which alert ended it.
    if (!(error instanceof ConnectionError)) throw error;
  } finally {
    top.close();
  }
}

function* echo(stream: ByteStream): Process {
  for (;;) {
    const bytes = yield* stream.receive();
    if (bytes.length === 0) return;
    yield* stream.sendAll(bytes);
  }
}

const PAGE = 'hello over TLS from tcplab\n';
/** A request's head is not read beyond this. */
const MAX_HEAD = 65_536;

/** Simplified: any request gets the page; what it asks for is not read. */
function* onePage(stream: ByteStream): Process {
  let end = '';
  for (let read = 0; read < MAX_HEAD;) {
    const bytes = yield* stream.receive();
    if (bytes.length === 0) return;
    read += bytes.length;
    const text = end + latin1Text(bytes);
    if (/\r?\n\r?\n/.test(text)) break;
    end = text.slice(-4);
  }
  const head = ['HTTP/1.1 200 OK', 'Content-Type: text/plain', `Content-Length: ${PAGE.length}`];
  yield* stream.sendAll(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n${PAGE}`);
}

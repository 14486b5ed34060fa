/** The server's side of a data connection: opening it, and moving a file over it. */
import type { ByteStream } from '../base/byte-stream.ts';
import { ConnectionError, TimeoutError } from '../base/errors.ts';
import { bytesPayload, concatPayloads, type Payload } from '../base/payload.ts';
import type { Process } from '../base/process.ts';
import { after, type Micros } from '../base/time.ts';
import { within } from '../base/within.ts';
import { AsciiDecoder, AsciiEncoder } from './ascii.ts';
import { closeData } from './data-commands.ts';
import { FTP_RULES } from './rules.ts';
import { answer, type Answer, type FtpSession, type TransferPlan } from './session.ts';

/** Octets that are handed to the stream at a time. */
const PART = 65_536;

/** Carries out a transfer. @returns the answer that ends it */
export function* transfer(session: FtpSession, plan: TransferPlan): Process<Answer> {
  let stream: ByteStream | string | undefined;
  try {
    stream = yield* openData(session);
  } finally {
    // FTP-36: nothing came, so the name is free again.
    if (typeof stream !== 'object' && plan.store?.reserved === true) {
      session.settings.tree.removeFile(plan.store.path);
    }
  }
  if (typeof stream === 'string') return answer('transferReplies', 425, stream);
  let whole = false;
  try {
    const end =
      plan.send === undefined
        ? yield* receiveFile(session, plan, stream)
        : yield* sendFile(session, plan, plan.send, stream);
    whole = end.code === 226;
    return end;
  } catch (error) {
    if (error instanceof TimeoutError) return answer('dataTimeout', 426, error.message);
    if (error instanceof ConnectionError) return answer('transferReplies', 426, error.message);
    throw error;
  } finally {
    // FTP-23: an orderly end means that the file is whole; anything else must not look like it.
    if (whole) stream.close();
    else stream.abort();
  }
}

/** @returns the stream, or in words why there is none */
function* openData(session: FtpSession): Process<ByteStream | string> {
  const setup = session.data;
  try {
    if (setup.kind === 'none') return 'PORT or PASV comes first';
    if (setup.kind === 'passive') return yield* acceptData(session, setup.listener);
    const { dataPort, dataTimeout } = session.settings;
    return yield* session.host.connect(setup.address, setup.port, {
      timeout: dataTimeout,
      ...(dataPort === 0 ? {} : { localPort: dataPort }),
    });
  } catch (error) {
    if (error instanceof TimeoutError || error instanceof ConnectionError) {
      return `no data connection: ${error.message}`;
    }
    throw error;
  } finally {
    closeData(session);
  }
}

function* acceptData(
  session: FtpSession,
  listener: { accept(): Process<ByteStream> },
): Process<ByteStream> {
  const deadline = after(session.host.now(), session.settings.dataTimeout);
  for (;;) {
    const stream = yield* timed(session, listener.accept(), deadline);
    const mine = stream.remote?.address === session.control.remote?.address;
    if (mine || session.settings.allowStrangers) return stream;
    // FTP-21: whoever guesses the port could steal the file or slip in another.
    stream.abort();
    const why = `${stream.remote?.address} is not ${session.control.remote?.address}`;
    session.host.note({
      layer: 'ftp',
      kind: 'stranger refused',
      text: why,
      cause: { rule: FTP_RULES.stranger, why },
      stream: session.control.label,
    });
  }
}

function* sendFile(
  session: FtpSession,
  plan: TransferPlan,
  contents: Payload,
  stream: ByteStream,
): Process<Answer> {
  const encoder = plan.ascii ? new AsciiEncoder(plan.afterCr) : undefined;
  for (let from = 0; from < contents.length; from += PART) {
    const part = contents.slice(from, Math.min(from + PART, contents.length));
    const octets = encoder === undefined ? part : bytesPayload(encoder.push(part.toBytes()));
    yield* timed(session, stream.sendAll(octets));
  }
  stream.shutdown();
  return answer('endOfFile', 226, `${contents.length} octets sent`);
}

function* receiveFile(
  session: FtpSession,
  plan: TransferPlan,
  stream: ByteStream,
): Process<Answer> {
  const { tree } = session.settings;
  const target = plan.store!;
  const decoder = plan.ascii ? new AsciiDecoder() : undefined;
  const replaced = (tree.stat(target.path)?.size ?? 0) - target.from;
  const parts: Payload[] = [];
  let length = 0;
  let kept = false;
  const keep = (): string | undefined => {
    kept = true;
    return tree.write(target.path, concatPayloads(parts), target.from);
  };
  try {
    for (;;) {
      const octets = yield* timed(session, stream.receive(PART));
      const text = octets.length > 0 ? decoder?.push(octets) : decoder?.finish();
      const part = text ?? octets;
      length += part.length;
      if (length > tree.free + replaced) {
        return answer('quota', 552, `no space left after ${length - part.length} octets`);
      }
      parts.push(bytesPayload(part));
      if (octets.length > 0) continue;
      const problem = keep();
      if (problem !== undefined) return answer('transferReplies', 451, `not stored: ${problem}`);
      return answer('endOfFile', 226, `${length} octets stored`);
    }
  } finally {
    // What came is kept, so that an upload that broke off can be resumed (FTP-13).
    if (!kept) keep();
  }
}

/** FTP-31: nothing on a data connection may stand still for longer than the timeout. */
function* timed<T>(session: FtpSession, process: Process<T>, deadline?: Micros): Process<T> {
  const now = (): Micros => session.host.now();
  const { dataTimeout } = session.settings;
  return yield* within(process, deadline ?? after(now(), dataTimeout), now, stoodStill);
}

function stoodStill(): Error {
  return new TimeoutError('the data connection stood still');
}

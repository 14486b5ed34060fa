/** An FTP server as a process. */
import { ConnectionError } from '../base/errors.ts';
import type { ByteStream } from '../base/byte-stream.ts';
import type { Process } from '../base/process.ts';
import type { ProgramHost, Task } from '../base/program-host.ts';
import { encodeReply, reply } from './reply.ts';
import { serveSession } from './serve-session.ts';
import { FTP_PORT, settingsOf, type FtpServerOptions, type FtpSettings } from './server-options.ts';

/**
 * Serves clients until the process is cancelled, which ends their sessions too.
 * @throws CallError when the port is taken
 */
export function* serveFtp(host: ProgramHost, options: FtpServerOptions): Process {
  const settings = settingsOf(options);
  const listener = host.listen(settings.port ?? FTP_PORT);
  const sessions = new Set<Task>();
  try {
    settings.onListening?.(listener.port);
    for (;;) {
      const control = yield* listener.accept();
      for (const task of sessions) if (task.done) sessions.delete(task);
      const full = sessions.size >= settings.maxSessions;
      const process = full
        ? turnAway(control)
        : serveSession(host, control, settings as FtpSettings);
      const task = host.spawn(process, `ftp ${control.label}`);
      if (!full) sessions.add(task);
    }
  } finally {
    listener.close();
    for (const task of sessions) task.cancel();
  }
}

function* turnAway(control: ByteStream): Process {
  try {
    yield* control.sendAll(encodeReply(reply(421, 'too many sessions, try again later')));
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  } finally {
    control.close();
  }
}

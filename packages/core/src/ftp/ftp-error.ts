import type { FtpReply } from './reply.ts';

/** The server declined a command: 4yz for now, 5yz for good. */
export class FtpError extends Error {
  override readonly name = 'FtpError';
  readonly reply: FtpReply;

  constructor(command: string, reply: FtpReply) {
    super(`${command}: ${reply.code} ${reply.lines.join(' / ')}`);
    this.reply = reply;
  }

  /** The same command may succeed later (4yz). */
  get isTransient(): boolean {
    return this.reply.code < 500;
  }
}

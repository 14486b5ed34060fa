import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashText } from '../random/index.ts';
import { ENGINE_VERSION } from '../version.ts';
import type { Io } from './io.ts';

/** Writes what somebody who repairs the program needs, and returns the file's path. */
export function writeReport(error: unknown, argv: readonly string[], io: Io): string {
  const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause instanceof Error && causes.length < 10) {
    causes.push(cause.stack ?? cause.message);
    cause = cause.cause;
  }
  const report = [
    `tcplab ${ENGINE_VERSION}, Node ${process.version}`,
    `command: tcplab ${argv.join(' ')}`,
    '',
    story,
    ...causes.map((text) => `caused by ${text}`),
    '',
  ].join('\n');
  const path = join(io.cwd, `tcplab-report-${hashText(report)}.txt`);
  writeFileSync(path, report);
  return path;
}

/**
 * commands: one file for each command, in the order in which help lists them.
 *
 * To add a command, write its file (`CliCommand` of `../run-cli.ts`) and list it here.
 */
import type { CliCommand } from '../run-cli.ts';
import { check } from './check.ts';
import { compare } from './compare.ts';
import { completion } from './completion.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { exportTrace } from './export.ts';
import { ftp } from './ftp.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { machine } from './machine.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { serve } from './serve.ts';
import { show } from './show.ts';
import { ws } from './ws.ts';

export const COMMANDS: readonly CliCommand[] = [
  run,
  check,
  compare,
  list,
  show,
  explain,
  exportTrace,
  replay,
  machine,
  serve,
  get,
  ws,
  ftp,
  schema,
  completion,
  doctor,
];

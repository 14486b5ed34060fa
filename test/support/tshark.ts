/** tshark as a judge of captures: what it says of each frame, as text. */
import { execFile, spawnSync } from 'node:child_process';

export const hasTshark = spawnSync('tshark', ['--version']).status === 0;

/** Without these tshark trusts checksums and takes reordered data for damaged. */
const STRICT = ['tcp.check_checksum', 'ip.check_checksum', 'udp.check_checksum']
  .concat('tcp.reassemble_out_of_order')
  .flatMap((name) => ['-o', `${name}:TRUE`]);

/** Stands between several values of one field in one frame. */
const BETWEEN = '\u001e';

/** One frame: the values of each field that was asked for, none where the frame lacks it. */
export type SeenFrame<F extends string> = { readonly [field in F]: readonly string[] };

/** Reads a capture once and gives the fields of every frame. */
export async function fieldsOf<F extends string>(
  file: string,
  fields: readonly F[],
): Promise<readonly SeenFrame<F>[]> {
  const shape = ['-T', 'fields', '-E', 'separator=/t', '-E', `aggregator=${BETWEEN}`];
  const wanted = fields.flatMap((field) => ['-e', field]);
  const text = await tshark(['-n', '-2', '-r', file, ...STRICT, ...shape, ...wanted]);
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    const values = line.split('\t');
    const entries = fields.map((field, at) => [field, split(values[at] ?? '')] as const);
    return [Object.fromEntries(entries) as SeenFrame<F>];
  });
}

function split(value: string): readonly string[] {
  return value === '' ? [] : value.split(BETWEEN);
}

function tshark(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('tshark', args, { maxBuffer: 1 << 28 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(error.message));
    });
  });
}

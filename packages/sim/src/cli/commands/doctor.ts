import { accessSync, constants, readFileSync } from 'node:fs';
import { loadScenario, runScenario } from '../../scenario/index.ts';
import { ENGINE_VERSION } from '../../version.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { libraryFile, libraryNames } from '../library.ts';
import { colorsOf } from '../print/colors.ts';
import type { CliCommand } from '../run-cli.ts';

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The oldest Node the package is made for. */
const MIN_NODE = [20, 19] as const;

export const doctor: CliCommand = {
  usage: 'doctor',
  about: 'check that tcplab works here',
  examples: ['tcplab doctor', 'tcplab doctor --json'],
  declare() {},
  run({ io, globals }) {
    const findings = [node(), library(), determinism(), folder(io)];
    if (globals.json) {
      io.out(`${JSON.stringify({ engine: ENGINE_VERSION, findings })}\n`);
    } else {
      const colors = colorsOf(globals.color);
      io.out(`tcplab ${ENGINE_VERSION}\n`);
      for (const { ok, what, detail } of findings) {
        io.out(`${ok ? colors.good('✓') : colors.bad('✗')} ${what}: ${detail}\n`);
      }
    }
    return findings.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
  },
};

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  const detail = ok
    ? process.version
    : `${process.version}; expected at least ${MIN_NODE.join('.')}`;
  return { what: 'Node', ok, detail };
}

function library(): Finding {
  const count = libraryNames().length;
  return { what: 'scenario library', ok: count > 0, detail: `${count} scenarios` };
}

function determinism(): Finding {
  const what = 'a run twice';
  const file = libraryFile('lossy-request');
  if (file === undefined)
    return { what, ok: false, detail: 'the scenario lossy-request is missing' };
  const loaded = loadScenario(readFileSync(file), file);
  if (!loaded.ok) return { what, ok: false, detail: 'the scenario lossy-request is damaged' };
  const [first, second] = [runScenario(loaded.loaded), runScenario(loaded.loaded)];
  const ok = first.passed && first.footer.hash === second.footer.hash;
  return {
    what,
    ok,
    detail: `hash ${first.footer.hash}${ok ? '' : `, then ${second.footer.hash}`}`,
  };
}

function folder(io: Io): Finding {
  const what = 'writing here';
  try {
    accessSync(io.cwd, constants.W_OK);
    return { what, ok: true, detail: io.cwd };
  } catch {
    return { what, ok: false, detail: `${io.cwd} cannot be written; use -o with another folder` };
  }
}

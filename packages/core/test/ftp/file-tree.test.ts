import { fc } from '../../../../test/support/fast-check.ts';
import { patternPayload, seconds, utf8Text, ZERO_TIME, type Micros } from '@tcplab/core';
import { DEFAULT_EPOCH, FileTree } from '@tcplab/core/ftp';
import { describe, expect, test } from 'vitest';

function treeWith(options: { maxBytes?: number; maxEntries?: number } = {}): FileTree {
  return new FileTree({ now: () => ZERO_TIME, ...options });
}

function textOf(tree: FileTree, path: string): string {
  const contents = tree.read(path);
  return typeof contents === 'string' ? contents : utf8Text(contents.toBytes());
}

describe('a tree of files in memory', () => {
  test('keeps files in directories and lists them by name', () => {
    const tree = treeWith();
    expect(tree.write('/b.txt', 'bb')).toBeUndefined();
    expect(tree.makeDirectory('/a')).toBeUndefined();
    expect(tree.write('/a/c.txt', 'ccc')).toBeUndefined();
    expect(tree.list('/')).toMatchObject([
      { name: 'a', kind: 'directory', size: 0 },
      { name: 'b.txt', kind: 'file', size: 2 },
    ]);
    expect(textOf(tree, '/a/c.txt')).toBe('ccc');
    expect(tree.stat('/')).toMatchObject({ kind: 'directory' });
    expect(tree.bytes).toBe(5);
  });

  test('writes on from an octet, whatever was there after it', () => {
    const tree = treeWith();
    tree.write('/f', 'abcdef');
    tree.write('/f', 'XY', 2);
    expect(textOf(tree, '/f')).toBe('abXY');
    tree.write('/f', 'Z', 4);
    expect(textOf(tree, '/f')).toBe('abXYZ');
  });

  test('says what stands in the way', () => {
    const tree = treeWith();
    tree.write('/file', 'x');
    tree.makeDirectory('/dir');
    tree.write('/dir/inner', 'x');
    expect(tree.write('/dir', 'x')).toBe('is a directory');
    expect(tree.write('/', 'x')).toBe('is a directory');
    expect(tree.write('/none/x', 'x')).toBe('not found');
    expect(tree.write('/file/x', 'x')).toBe('not found');
    expect(tree.read('/dir')).toBe('is a directory');
    expect(tree.list('/file')).toBe('not a directory');
    expect(tree.list('/none')).toBe('not found');
    expect(tree.makeDirectory('/file')).toBe('exists already');
    expect(tree.makeDirectory('/')).toBe('exists already');
    expect(tree.removeFile('/dir')).toBe('is a directory');
    expect(tree.removeFile('/none')).toBe('not found');
    expect(tree.removeDirectory('/file')).toBe('not a directory');
    expect(tree.removeDirectory('/dir')).toBe('not empty');
    expect(tree.removeDirectory('/')).toBe('not possible');
  });

  test('renames files and directories, but no directory into itself or over another', () => {
    const tree = treeWith();
    tree.makeDirectory('/a');
    tree.write('/a/f', 'one');
    tree.write('/g', 'two');
    expect(tree.rename('/a', '/a/b')).toBe('not possible');
    expect(tree.rename('/', '/x')).toBe('not possible');
    expect(tree.rename('/a', '/g')).toBe('exists already');
    expect(tree.rename('/g', '/a')).toBe('exists already');
    expect(tree.rename('/a', '/ab')).toBeUndefined();
    expect(tree.rename('/g', '/ab/f')).toBeUndefined();
    expect(textOf(tree, '/ab/f')).toBe('two');
    expect([tree.bytes, tree.stat('/a'), tree.stat('/g')]).toEqual([3, undefined, undefined]);
    expect(tree.rename('/ab/f', '/ab/f')).toBeUndefined();
  });

  test('FTP-33: holds no more octets and entries than it may', () => {
    const tree = treeWith({ maxBytes: 10, maxEntries: 2 });
    expect(tree.write('/a', '12345678')).toBeUndefined();
    expect(tree.write('/b', '123')).toBe('no space left');
    expect(tree.write('/b', '12')).toBeUndefined();
    expect(tree.makeDirectory('/c')).toBe('no space left');
    expect(tree.canWrite('/c')).toBe('no space left');
    expect(tree.write('/a', '1')).toBeUndefined();
    expect(tree.free).toBe(7);
    tree.removeFile('/b');
    expect(tree.makeDirectory('/c')).toBeUndefined();
  });

  test('keeps the date of each change by the clock of the run', () => {
    let now: Micros = ZERO_TIME;
    const tree = new FileTree({ now: () => now });
    tree.write('/f', 'x');
    now = seconds(90);
    tree.write('/g', 'x');
    expect(tree.stat('/f')?.modified).toBe(DEFAULT_EPOCH);
    expect(tree.stat('/g')?.modified).toBe(DEFAULT_EPOCH + 90);
    expect(tree.stat('/')?.modified).toBe(DEFAULT_EPOCH + 90);
  });

  test('a described gigabyte costs no memory', () => {
    const tree = treeWith({ maxBytes: 2_000_000_000 });
    tree.write('/big', patternPayload(0, 1_000_000_000));
    const contents = tree.read('/big');
    expect(typeof contents === 'string' || contents.patternOffset).toBe(0);
    expect(tree.bytes).toBe(1_000_000_000);
  });

  test('any sequence of calls keeps the count of octets right', () => {
    const path = fc.constantFrom('/', '/a', '/b', '/a/c', '/a/c/d');
    const call = fc.record({
      verb: fc.constantFrom('write', 'mkdir', 'rm', 'rmdir', 'mv'),
      path,
      to: path,
      size: fc.nat({ max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
        const tree = treeWith({ maxBytes: 20, maxEntries: 4 });
        for (const { verb, path: at, to, size } of calls) {
          if (verb === 'write') tree.write(at, 'x'.repeat(size), size % 3);
          else if (verb === 'mkdir') tree.makeDirectory(at);
          else if (verb === 'rm') tree.removeFile(at);
          else if (verb === 'rmdir') tree.removeDirectory(at);
          else tree.rename(at, to);
        }
        const [octets, entries] = measure(tree, '/');
        expect(tree.bytes).toBe(octets);
        expect(octets).toBeLessThanOrEqual(20);
        expect(entries).toBeLessThanOrEqual(4);
      }),
    );
  });
});

/** Octets and entries below a directory, counted by walking. */
function measure(tree: FileTree, path: string): [number, number] {
  const entries = tree.list(path);
  if (typeof entries === 'string') return [0, 0];
  let octets = 0;
  let count = 0;
  for (const { name, kind, size } of entries) {
    const below: [number, number] =
      kind === 'directory' ? measure(tree, `${path === '/' ? '' : path}/${name}`) : [size, 0];
    octets += below[0];
    count += 1 + below[1];
  }
  return [octets, count];
}

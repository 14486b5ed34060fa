import { ms } from '@tcplab/core';
import { bulk } from './workloads.ts';
const mb = Number(process.argv[2] ?? 100);
const before = process.cpuUsage();
const o = bulk(mb * 1e6, { rate: 100_000_000, delay: ms(10), loss: 0.001 });
const { user, system } = process.cpuUsage(before);
console.log(mb, 'MB', ((user + system) / o.segments).toFixed(2), 'us/seg', o);

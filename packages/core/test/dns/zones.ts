/** The zones that the tests of the DNS ask about. */
import { parseZone } from '@tcplab/core/dns';

const text = (length: number): string => `"${'t'.repeat(length)}"`;

export const EXAMPLE = parseZone(
  'example.com',
  `
@         3600  SOA    ns admin 1 3600 600 86400 300
@               NS     ns
@               MX     10 mail
@               TXT    "v=spf1 -all"
@               A      10.0.0.2
ns              A      10.0.0.53
mail            A      10.0.0.25
web       60    A      10.0.0.2
web       60    A      10.0.0.3
web             AAAA   2001:db8::2
www       30    CNAME  web
there           CNAME  box.lab.
away            CNAME  www.elsewhere.net.
one             CNAME  two
two             CNAME  one
dangling        CNAME  gone
a.deep          A      10.0.0.5
child           NS     ns.child
ns.child        A      10.0.0.99
*.wild          A      10.0.0.77
known.wild      TXT    "here"
large           TXT    ${text(250)}
large           TXT    ${text(251)}
large           TXT    ${text(252)}
${Array.from({ length: 10 }, (_, i) => `huge TXT ${text(200 + i)}`).join('\n')}
`,
);

export const LAB = parseZone(
  'lab',
  `
@    SOA  ns admin 1 3600 600 86400 120
@    NS   ns
ns   A    10.0.1.53
box  A    10.0.1.1
`,
);

/** Style and script of the HTML file. The script's hash stands in the page's policy, so that no other script runs. */

export const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1c2128;--quiet:#656d76;--line:#d0d5da;--mark:#fff3c4}
@media (prefers-color-scheme:dark){:root{--ground:#14181d;--ink:#e6e9ec;--quiet:#9aa4ae;--line:#3a424b;--mark:#4a4014}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.45 ui-sans-serif,system-ui,sans-serif}
header{padding:16px 24px 0}h1{font-size:20px;margin:0}header p{margin:2px 0 0;color:var(--quiet)}
main{display:flex;flex-wrap:wrap;align-items:flex-start;gap:16px;padding:16px 24px}
.picture{flex:3 1 640px;min-width:0;overflow:auto;border:1px solid var(--line);border-radius:8px}
.picture svg{display:block;max-width:100%;height:auto}
.picture [data-record]{cursor:pointer}
.picture .chosen text{font-weight:700;text-decoration:underline}
.picture .chosen line{stroke-width:3}
.events{flex:2 1 420px;min-width:0;position:sticky;top:0;max-height:100vh;overflow:auto}
.why{position:sticky;top:0;margin:0;padding:10px 12px;background:var(--mark);border:1px solid var(--line);border-radius:8px;min-height:3.6em}
table{border-collapse:collapse;width:100%;font-size:13px}
th{text-align:left;color:var(--quiet);font-weight:600}
td,th{padding:3px 8px;border-bottom:1px solid var(--line);vertical-align:top}
td:nth-child(-n+2){text-align:right;font-variant-numeric:tabular-nums;color:var(--quiet);white-space:nowrap}
tbody tr{cursor:pointer}tbody tr:hover,tbody tr.chosen{background:var(--mark)}
tbody tr:focus-visible{outline:2px solid var(--ink);outline-offset:-2px}
.k-lost td:last-child{color:#c62828}
@media (prefers-color-scheme:dark){.k-lost td:last-child{color:#ff8078}}
@media (max-width:720px){.events{position:static;max-height:none}}
`;

export const PAGE_SCRIPT = `
'use strict';
const why = document.getElementById('why');
const rows = new Map();
for (const row of document.querySelectorAll('tr[data-event]')) rows.set(row.dataset.event, row);
function choose(id, reveal) {
  for (const old of document.querySelectorAll('.chosen')) old.classList.remove('chosen');
  const row = rows.get(id);
  if (row === undefined) return;
  row.classList.add('chosen');
  why.textContent = '#' + id + ': ' + row.lastElementChild.textContent + ' — ' + row.dataset.why;
  if (reveal) row.scrollIntoView({ block: 'nearest' });
  for (const part of document.querySelectorAll('.picture [data-record]')) {
    if (part.dataset.record === id) part.classList.add('chosen');
  }
}
document.addEventListener('click', (event) => {
  const row = event.target.closest('tr[data-event]');
  if (row !== null) return choose(row.dataset.event, false);
  const part = event.target.closest('.picture [data-record]');
  if (part !== null) choose(part.dataset.record, true);
});
document.addEventListener('keydown', (event) => {
  const row = event.target.closest && event.target.closest('tr[data-event]');
  if (!row) return;
  const next = event.key === 'ArrowDown' ? row.nextElementSibling : event.key === 'ArrowUp' ? row.previousElementSibling : row;
  if (event.key !== 'Enter' && event.key !== ' ' && next === row) return;
  event.preventDefault();
  if (next === null) return;
  next.focus();
  choose(next.dataset.event, false);
});
`;

/** SHA-256 of `PAGE_SCRIPT`, as a content security policy writes it. A test holds it to the script. */
export const PAGE_SCRIPT_HASH = 'sha256-besA4bQm9K6IeeElNO3nMCy6tKOKL7QVgGj5Kmeh3+8=';

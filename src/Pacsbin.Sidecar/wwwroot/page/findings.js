import { ask, follow, wordsOf } from './api.js';
import { button, count, element } from './element.js';
import { attempt, say } from './messages.js';

const mostShown = 200;

/** Lists what a person should look at. */
export function showFindings(host, review) {
  review.addEventListener('study', () => {
    const findings = grouped(review.detail?.manifest.files ?? []);
    const study = (review.detail?.study.findings ?? []).filter(f => !findings.some(g => g.kind === f.kind));
    const rejected = Object.entries(review.detail?.manifest.rejected ?? {});
    host.replaceChildren(
      element('h2', {}, 'Findings'),
      element('p', { className: 'note', hidden: findings.length + study.length + rejected.length > 0 }, 'None.'),
      element('ul', { className: 'findings' },
        rejected.map(([error, files]) => element('li', {}, `${error}: ${count(files, 'file')} of the source gave no copy.`)),
        study.map(f => element('li', {}, textOf(f))),
        findings.map(g => element('li', {}, g.files.length === 0 ? g.text
          : button(`${g.text} · ${count(g.files.length, 'file')}`, () => goToNext(review, g.files), { title: 'Shows the next of its files' })))));
  });
}

function grouped(files) {
  const groups = new Map();
  for (const file of files) {
    for (const finding of file.findings ?? []) {
      const text = textOf(finding);
      const group = groups.get(text) ?? { kind: finding.kind, text, files: [] };
      if (group.files.at(-1) !== file.name) {
        group.files.push(file.name);
      }
      groups.set(text, group);
    }
  }
  return [...groups.values()];
}

function textOf(finding) {
  return [finding.kind, finding.tag, finding.detail].filter(Boolean).join(' ');
}

function goToNext(review, files) {
  const at = files.indexOf(`${review.place?.image.sopInstanceUid}.dcm`);
  review.goTo(files[(at + 1) % files.length].replace(/\.dcm$/, ''));
}

/** Lets a person have text looked for, and take what is proposed. */
export function showProposals(host, review) {
  const list = element('ul', { className: 'proposals' });
  const look = button('Look for text', () => attempt(look, find));
  const all = button('Add all', () => { review.proposals.forEach(take); set([]); }, { hidden: true });
  const note = element('p', { className: 'note' });
  host.replaceChildren(element('h2', {}, 'Proposed regions'), element('div', { className: 'buttons' }, look, all), note, list);
  review.addEventListener('study', () => {
    host.hidden = review.detail === null;
    show();
  });

  async function find() {
    const uid = review.uid;
    const job = await ask('POST', '/v1/studies/burned-in-text', { studyInstanceUids: [uid] });
    const ended = await follow(job, j => say(`Looking for text: ${j.progress.files} of ${count(j.progress.totalFiles, 'image')}.`));
    if (uid !== review.uid) {
      return;
    }
    if (ended.problem) {
      throw new Error(wordsOf(ended.problem));
    }
    const { proposals, rejected } = ended.result.text;
    say(`${count(proposals.length, 'region')} proposed.`);
    note.textContent = [
      proposals.length === 0 && 'Nothing looks like text. Look at every frame all the same.',
      rejected.length > 0 && `${count(rejected.length, 'image')} could not be read.`,
    ].filter(Boolean).join(' ');
    set(proposals);
  }

  function set(proposals) {
    review.proposals = proposals;
    review.dispatchEvent(new Event('proposals'));
    show();
  }

  function show() {
    all.hidden = review.proposals.length === 0;
    list.replaceChildren(...review.proposals.slice(0, mostShown).map(p => element('li', {},
      button(`${p.width} × ${p.height} at ${p.x}, ${p.y} · ${Math.round(100 * p.score)} %`, () => review.goTo(p.sopInstanceUid), { title: 'Shows the image' }),
      button('Add', () => { take(p); set(review.proposals.filter(other => other !== p)); }, { 'aria-label': `Add the region at ${p.x}, ${p.y}` }))));
    if (review.proposals.length === 0 && review.detail === null) {
      note.textContent = '';
    }
  }

  function take({ sopInstanceUid, x, y, width, height }) {
    const place = review.series.flatMap(s => s.places).find(p => p.image.sopInstanceUid === sopInstanceUid);
    if (place) {
      review.planned.add({ x, y, width, height }, place, 'image');
    }
  }
}

import { ask, follow, studyPath, wordsOf } from './api.js';
import { button, count, element, field } from './element.js';
import { attempt, say } from './messages.js';

/** Lets a person send an approved study to an archive, and shows how far it is. */
export function showSending(host, review, changed) {
  const archive = element('select');
  const bar = element('progress', { hidden: true, 'aria-label': 'Sending' });
  const line = element('p', { className: 'note', 'aria-live': 'polite' });
  const stop = button('Stop', () => attempt(stop, () => ask('POST', `/v1/jobs/${encodeURIComponent(stop.value)}/cancel`)), { hidden: true });
  const send = button('Send', () => attempt(send, run), { className: 'strong' });
  const sends = element('ul');
  host.replaceChildren(element('h2', {}, 'Sending'), field('Archive', archive), element('div', { className: 'buttons' }, send, stop), bar, line, sends);
  review.addEventListener('study', show);

  async function show() {
    const detail = review.detail;
    host.hidden = detail === null || detail.study.state === 'Deidentified';
    if (!host.hidden) {
      sends.replaceChildren(...(detail.manifest.sends ?? []).map(s => element('li', {}, `Sent to ${s.archive}, ${new Date(s.time).toLocaleString()}: ${count(s.instances, 'image')}.`)));
      await attempt(send, async () => {
        const archives = (await ask('GET', '/v1/archives')).archives.filter(a => a.stowUri);
        const chosen = archive.value;
        archive.replaceChildren(...archives.map(a => element('option', { selected: a.name === chosen }, a.name)));
        line.textContent = archives.length === 0 ? 'No archive is registered that takes studies: Register-PacsbinArchive does it.' : '';
      });
      send.disabled = archive.options.length === 0;
    }
  }

  async function run() {
    const { uid } = review;
    const job = await ask('POST', studyPath(uid, 'send'), { archive: archive.value });
    [stop.hidden, stop.value, bar.hidden] = [false, job.id, false];
    bar.removeAttribute('value');
    try {
      const ended = await follow(job, tell);
      await Promise.all([review.refresh(), changed()]);
      say(endOf(ended));
      line.textContent = review.uid === uid ? endOf(ended) : '';
    } finally {
      [stop.hidden, bar.hidden] = [true, true];
    }
  }

  function tell({ state, attempts, progress, problem }) {
    if (progress.totalFiles > 0) {
      [bar.max, bar.value] = [progress.totalFiles, progress.files];
    }
    line.textContent = state === 'Queued' && problem ? `${wordsOf(problem)} Attempt ${attempts + 1} follows.` : `${progress.files} of ${count(progress.totalFiles, 'image')}`;
  }
}

function endOf({ state, problem, result }) {
  const sent = result?.sent?.[0];
  if (state === 'Cancelled') {
    return 'Stopped. What has arrived is not sent again.';
  }
  if (!sent || problem) {
    return problem ? wordsOf(problem) : 'Nothing was sent.';
  }
  const failed = sent.failed > 0 ? ` ${count(sent.failed, 'image')} failed: ${sent.instances.find(i => i.status === 'Failed')?.reason ?? ''}` : '';
  return `${count(sent.stored, 'image')} sent, ${sent.skipped} there before.${failed}`;
}

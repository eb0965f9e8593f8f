import { ask } from './api.js';
import { button, count, element, field } from './element.js';
import { attempt, say } from './messages.js';

const shows = { Waiting: s => s.state === 'Deidentified', Approved: s => s.state === 'Approved', Sent: s => s.state === 'Sent', All: () => true };

/** Lists the studies of the workspace. Gives functions that read the list again, and that go to it. */
export function showStudies(host, review, leave) {
  let studies = [];
  const list = element('div', { role: 'listbox', className: 'list', 'aria-label': 'Studies', tabIndex: -1 });
  const state = element('select', { onchange: show }, Object.keys(shows).map(name => element('option', { value: name }, name)));
  const search = element('input', { type: 'search', placeholder: 'Pseudonym, modality, description', oninput: show });
  const note = element('p', { className: 'note' });
  const again = button('Read again', () => attempt(again, read));
  host.replaceChildren(element('h2', {}, 'Studies'), element('div', { className: 'filters' }, field('Show', state), field('Find', search), again), list, note);
  review.addEventListener('study', mark);

  async function read() {
    const found = await ask('GET', '/v1/studies');
    studies = found.studies;
    note.textContent = [
      found.rejected.length > 0 && `${count(found.rejected.length, 'file')} in the workspace cannot be read.`,
      studies.some(s => s.state === 'Source') && 'Studies that are not de-identified lie in the workspace; they are not shown.',
    ].filter(Boolean).join(' ');
    show();
  }

  function show() {
    const wanted = search.value.trim().toLowerCase();
    const shown = studies.filter(s => s.state !== 'Source' && shows[state.value](s)
      && (wanted === '' || [s.patientId, s.studyDescription, s.studyInstanceUid, ...s.modality].some(text => text?.toLowerCase().includes(wanted))));
    list.replaceChildren(...shown.map(s => entry(s)));
    if (shown.length === 0) {
      list.append(element('p', { className: 'note' }, studies.length === 0 ? 'The workspace has no studies yet.' : 'No study is like that.'));
    }
    mark();
  }

  function mark() {
    const options = [...list.querySelectorAll('[role=option]')];
    options.forEach(option => option.setAttribute('aria-selected', option.dataset.uid === review.uid));
    const first = options.find(option => option.dataset.uid === review.uid) ?? options[0];
    options.forEach(option => { option.tabIndex = option === first ? 0 : -1; });
  }

  function entry(study) {
    const findings = study.findings.length;
    return element('div', {
      role: 'option', className: 'study', onclick: () => choose(study), onkeydown: event => onKey(event, study), 'data-uid': study.studyInstanceUid,
    },
      element('strong', {}, `${study.modality.join(', ') || 'No modality'} · ${study.studyDate ?? 'no date'}`),
      element('span', {}, study.studyDescription ?? 'No description'),
      element('small', {}, `${study.patientId ?? ''} · ${count(study.seriesCount, 'series', 'series')}, ${count(study.instanceCount, 'image')}`),
      element('small', { className: `state ${study.state}` }, study.state === 'Deidentified' ? 'waits for review' : study.state.toLowerCase(),
        findings > 0 && element('b', {}, count(findings, 'finding'))));
  }

  async function choose(study) {
    if (study.studyInstanceUid !== review.uid && await leave()) {
      say('Opening…');
      await attempt(list, () => review.open(study.studyInstanceUid));
      say(review.uid === study.studyInstanceUid ? `Study with ${count(review.frameCount, 'frame')}.` : '');
    }
  }

  function onKey(event, study) {
    const sibling = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    if (sibling) {
      event.currentTarget[sibling]?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      choose(study);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return { read, focus: () => (list.querySelector('[tabindex="0"]') ?? search).focus() };
}

import { ask, studyPath } from './api.js';
import { button, count, element, field } from './element.js';
import { attempt, confirm, say } from './messages.js';

/** Lets a person approve the study, or take the approval back. Gives a function that goes there. */
export function showApproval(host, review, changed) {
  const reviewer = element('input', { type: 'text', autocomplete: 'off', maxLength: 64 });
  const comment = element('textarea', { rows: 2 });
  const accepted = element('fieldset', {});
  const unseen = element('p', { className: 'unseen' });
  const approve = button('Approve', () => attempt(approve, give), { className: 'strong' });
  const revoke = button('Take the approval back', () => attempt(revoke, takeBack));
  const state = element('p', { className: 'state-line' });
  const form = element('div', {}, accepted, field('Reviewer', reviewer), field('Comment, which must not name a patient', comment), unseen, approve);
  host.replaceChildren(element('h2', {}, 'Approval'), state, form, revoke);
  review.addEventListener('study', show);
  review.addEventListener('seen', showUnseen);
  review.planned.addEventListener('change', showUnseen);

  function show() {
    host.hidden = review.detail === null;
    if (review.detail) {
      const { study, manifest, open } = review.detail;
      const isWaiting = study.state === 'Deidentified';
      [form.hidden, revoke.hidden] = [!isWaiting, isWaiting];
      state.textContent = isWaiting ? 'Waits for review.' : `Approved by ${manifest.approval?.reviewer ?? 'nobody'}, ${timeOf(manifest.approval?.time)}.`;
      accepted.hidden = open.length === 0;
      accepted.replaceChildren(element('legend', {}, 'What keeps it from approval'), ...open.map(o => element('label', { className: 'check' },
        element('input', { type: 'checkbox', value: o.kind }), `I have looked at ${o.kind} in ${count(o.files.length, 'file')}, and accept it`)));
      showUnseen();
    }
  }

  function showUnseen() {
    unseen.textContent = [
      review.unseenCount > 0 ? `${count(review.unseenCount, 'frame')} of ${review.frameCount} not seen yet.` : 'All frames seen.',
      review.planned.items.length > 0 && `${count(review.planned.items.length, 'planned region')} not burned in.`,
    ].filter(Boolean).join(' ');
    unseen.classList.toggle('open', review.unseenCount + review.planned.items.length > 0);
  }

  async function give() {
    if (reviewer.value.trim() === '') {
      reviewer.focus();
      throw new Error('Somebody has to have looked at the study: write who the reviewer is.');
    }
    const { uid, detail } = review;
    const body = {
      reviewer: reviewer.value.trim(),
      comment: comment.value.trim() || null,
      acceptedFindings: [...accepted.querySelectorAll('input:checked')].map(input => input.value),
      filesHash: detail.filesHash,
    };
    const isWhole = review.unseenCount + review.planned.items.length === 0;
    if (!isWhole && !await confirm('Approve all the same?', `${unseen.textContent} What nobody has looked at may show who the patient is.`, 'Approve')) {
      return;
    }
    try {
      await ask('POST', studyPath(uid, 'approval'), body);
    } catch (error) {
      if (error.title === 'ManifestConflict' && review.uid === uid) {
        await review.refresh();
      }
      throw error;
    }
    comment.value = '';
    await tell('Approved.');
  }

  async function takeBack() {
    const { uid } = review;
    if (await confirm('Take the approval back?', 'What was sent before cannot be called back.', 'Take it back')) {
      await ask('DELETE', studyPath(uid, 'approval'));
      await tell('The study waits for review again.');
    }
  }

  async function tell(text) {
    await Promise.all([review.refresh(), changed()]);
    say(text);
  }

  return () => (form.hidden ? revoke : reviewer).focus();
}

function timeOf(time) {
  return time ? new Date(time).toLocaleString() : 'at no known time';
}

import { session } from './api.js';
import { showApproval } from './approval.js';
import { element } from './element.js';
import { showFindings, showProposals } from './findings.js';
import { showImages } from './images.js';
import { listenToKeys } from './keys.js';
import { complain, confirm } from './messages.js';
import { showPlan } from './plan.js';
import { Review } from './review.js';
import { showSending } from './sending.js';
import { showStudies } from './studies.js';

const page = document.getElementById('page');
const login = document.getElementById('login');
const review = new Review();

session.addEventListener('lost', () => {
  review.close();
  document.querySelectorAll('dialog').forEach(dialog => dialog.close());
  page.remove(); // nothing of a study stays on the screen; the next link loads the page anew
  login.hidden = false;
});

const studies = showStudies(document.getElementById('studies'), review, leave);
const { viewer, tools } = showImages(document.getElementById('images'), review);
const [findings, proposals, plan, approval, sending] = Array.from({ length: 5 }, () => element('section'));
showFindings(findings, review);
showProposals(proposals, review);
const burn = showPlan(plan, review, tools);
const goToApproval = showApproval(approval, review, studies.read);
showSending(sending, review, studies.read);
document.getElementById('review').replaceChildren(findings, proposals, plan, approval, sending);
listenToKeys({ review, viewer, tools, go: { burn, approval: goToApproval, studies: studies.focus } });
window.addEventListener('beforeunload', event => review.planned.items.length > 0 && event.preventDefault());
review.close();
start();

async function start() {
  try {
    await studies.read();
    page.hidden = false;
    viewer.repaint();
    studies.focus();
  } catch (error) {
    page.hidden = false;
    complain(error);
  }
}

/** Whether to leave a study for another one. */
async function leave() {
  return review.planned.items.length === 0
    || confirm('Leave the study?', 'Regions are planned that are not burned in. They are forgotten.', 'Leave');
}

/** Dispatches "lost" when the sidecar does not know the browser any more. */
export const session = new EventTarget();

/** What the sidecar refused, in its own words. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem ? wordsOf(problem) : `The sidecar answered with ${status}.`);
    this.status = status;
    this.title = problem?.title;
  }
}

/** What a problem says, with each file that it is about. */
export function wordsOf(problem, files = problem.files ?? []) {
  return [problem.detail ?? problem.title, ...files.map(f => `${f.file}: ${f.detail}`)].join(' ');
}

/** Asks for JSON. */
export async function ask(method, path, body, signal) {
  const answer = await send(path, { method, signal, body: body && JSON.stringify(body), headers: body && { 'Content-Type': 'application/json' } });
  return answer.status === 204 ? null : answer.json();
}

/** Asks for a frame; gives the picture, and how it is shown. */
export async function askFrame(path, signal) {
  const answer = await send(path, { signal });
  const number = name => (answer.headers.has(name) ? Number(answer.headers.get(name)) : null);
  return {
    bitmap: await createImageBitmap(await answer.blob()),
    center: number('Window-Center'),
    width: number('Window-Width'),
    aspect: number('Pixel-Aspect') ?? 1,
  };
}

/** Follows a job; gives what it is when it has ended. */
export function follow(job, progress) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`/v1/jobs/${encodeURIComponent(job.id)}/events`);
    events.addEventListener('progress', event => progress(JSON.parse(event.data)));
    events.addEventListener('end', event => {
      events.close();
      resolve(JSON.parse(event.data));
    });
    events.addEventListener('error', () => {
      if (events.readyState === EventSource.CLOSED) {
        reject(new Error('The sidecar does not answer. The job goes on, or waits for its next start.'));
      }
    });
  });
}

/** The path of a study or of something in it. */
export function studyPath(uid, ...more) {
  return ['/v1/studies', uid, ...more].map((part, i) => (i === 0 ? part : encodeURIComponent(part))).join('/');
}

async function send(path, options) {
  let answer;
  try {
    answer = await fetch(path, { credentials: 'same-origin', redirect: 'error', ...options });
  } catch (error) {
    throw error.name === 'AbortError' ? error : new Error('The sidecar does not answer.');
  }
  if (answer.status === 401) {
    session.dispatchEvent(new Event('lost'));
  }
  if (!answer.ok) {
    throw new Refusal(answer.status, await answer.json().catch(() => null));
  }
  return answer;
}

/** An answer over HTTP with its text, and what that is as JSON. */
export async function answerOf(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = text !== '' && response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : null,
  };
}

export function post(body: string): RequestInit {
  return { method: 'POST', body, headers: { 'content-type': 'application/json' } };
}

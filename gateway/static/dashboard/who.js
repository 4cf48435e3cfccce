// Who is here, and what they may do. What one may not do is not shown.
let me = null;

export const remember = (told) => { me = told; };
export const who = () => me;

/** Whether the scope `payments:write` is among those of the session; writing includes reading. */
export const may = (scope) => {
  const scopes = me?.scopes ?? [];
  return scopes.includes(scope) || scopes.includes("admin");
};

/** What went wrong, and what to do. */

export function Alert({ what, todo }: { readonly what: string; readonly todo: string }) {
  return (
    <div class="alert" role="alert">
      <strong>{what}</strong> {todo}
    </div>
  );
}

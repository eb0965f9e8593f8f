namespace Pacsbin.Sidecar.Access;

/// <summary>What every answer tells a browser: trust nothing, keep nothing, tell nobody.</summary>
internal static class SecurityHeaders
{
    /// <summary>Pages load from this origin only; scripts and styles are files.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Swagger UI sets styles on elements.</summary>
    private static readonly string DocumentationPolicy = Policy.Replace("style-src 'self'", "style-src 'self' 'unsafe-inline'", StringComparison.Ordinal);

    /// <summary>Sets them when the answer starts, over what whoever makes it has set.</summary>
    public static void SetOn(HttpContext context) => context.Response.OnStarting(() =>
    {
        Set(context);
        return Task.CompletedTask;
    });

    private static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/swagger") ? DocumentationPolicy : Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}

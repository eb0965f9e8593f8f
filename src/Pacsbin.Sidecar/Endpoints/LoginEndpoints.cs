using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>How browsers log in: by a link that works once, because a person cannot put a token into a header.</summary>
internal static class LoginEndpoints
{
    private const string AfterLogin = "/";

    public static void Map(IEndpointRouteBuilder app, RouteGroupBuilder v1)
    {
        v1.MapPost("/login-links", NewLink).WithTags("Login").Named("New-LoginLink", "Makes a link that logs a browser in, once, within five minutes.");
        app.MapGet("/login", LogIn).ExcludeFromDescription().WithMetadata(new OpenToAll());
    }

    private static Created<LoginLink> NewLink(HttpContext context, Sessions sessions)
    {
        var (code, expires) = sessions.NewCode();
        var link = new LoginLink(LinkOf(new Uri($"{context.Request.Scheme}://{context.Request.Host}"), code), expires);
        return TypedResults.Created(default(string), link);
    }

    /// <summary>The link of a code.</summary>
    public static Uri LinkOf(Uri sidecar, string code) => new(sidecar, $"/login?code={code}");

    private static RedirectHttpResult LogIn(string code, HttpContext context, Sessions sessions)
    {
        var (session, expires) = sessions.LogIn(code) ?? throw new RequestRefusedException(StatusCodes.Status401Unauthorized, "The link was used, is too old, or is none. Ask for another one.");
        context.Response.Cookies.Append(LocalAccess.CookieOf(context), session, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
            Expires = expires,
        });
        return TypedResults.Redirect(AfterLogin);
    }
}
